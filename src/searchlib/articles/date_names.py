"""What are months and days of the week called, in the languages that news is written in?

The names are those of the Unicode CLDR for some forty languages, wide and short, as they stand in
dates and by themselves: in small letters and without accents, as the text that they are looked up
in (:mod:`searchlib.articles.dates`).
"""

from __future__ import annotations

from typing import Final

_MONTHS: Final = (
    "ean eanair ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janeiro janner januar "
    "januara januari january janv janvaris janvier led leden ledna oca ocak saus sausio sausis "
    "sij sijecanj sijecnja sty styczen stycznia tammi tammikuu tammikuuta urt urtarrila ιαν "
    "ιανουαριος ιανουαριου січ січень січня янв январь января яну януари јан јануар հնվ հունվար "
    "հունվարի יאנ יאנואר ינואר בינואר ינו يناير ژانویه जनवरी जन ஜனவரி "
    "كانونالثاني جانفي",
    "feabh feabhra feb febbraio febr febrer febrero februar februara februari februarie februaris "
    "february fev fevereiro fevr fevrier helmi helmikuu helmikuuta lut lutego luty ots otsaila "
    "sub subat uno unor unora vas vasario vasaris veebr veebruar velj veljaca veljace φεβ "
    "φεβρουαριος φεβρουαριου лют лютии лютого феб фебруар фев февр февраль февраля февруари "
    "փետրվար փետրվարի փտվ פברואר בפברואר פבר פעב פעברואר فبراير فوریه फरवरी फर "
    "फेबरुअरी பிப பிபரவரி "
    "شباط فيفري",
    "bre brezen brezna kov kovas kovo maalis maaliskuu maaliskuuta maart maerz mar marc marca "
    "march marcius marco marec maret mars mart marta martie marts martxoa marz marzec marzo mrt "
    "mrz ozu ozujak ozujka μαρ μαρτιος μαρτιου бер березень березня мар март марта մարտ մարտի մրտ "
    "מערץ מרץ במרץ مارس मारच மார மாரச "
    "اذار",
    "abr abril aib aibrean api apirila apr april aprila aprile aprilie aprilis aprill avr avril "
    "bal balandis balandzio dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecien kwietnia nis "
    "nisan tra travanj travnja απρ απριλιος απριλιου апр апрель апреля април квіт квітень квітня "
    "ապր ապրիլ ապրիլի אפר אפריל באפריל אפר ابريل اوریل अपरिल अपरैल ஏபரல "
    "نيسان افريل",
    "beal bealtaine geg geguze geguzes kve kveten kvetna mag maggio mai maiatza maig maijs maio "
    "maj maja majus may mayo mayıs mei svi svibanj svibnja touko toukokuu toukokuuta μαι μαιος "
    "μαιου маи мая мај трав травень травня մայիս մայիսի մյս מאי במאי מיי مايو "
    "ايار ماي",
    "birz birzelio birzelis cerven cervna cvn cze czerwca czerwiec eka ekaina giu giugno haz "
    "haziran iun iunie juin jun juna june junho juni junij junijs junio junius juny juuni kesa "
    "kesakuu kesakuuta lipanj lipnja meith meitheamh ιουν ιουνιος ιουνιου июн июнь июня черв "
    "червень червня юни јун հնս հունիս հունիսի יוני ביוני يونيو ژوين जुन जून ஜூன "
    "حزيران جوان",
    "cervence cervenec cvc heina heinakuu heinakuuta iuil iul iulie juil juillet jul jula julho "
    "juli julij julijs julio juliol julius july juuli liep liepa liepos lip lipca lipiec lug "
    "luglio srpanj srpnja tem temmuz uzt uztaila ιουλ ιουλιος ιουλιου июл июль июля лип липень "
    "липня юли јул հլս հուլիս հուլիսի יולי ביולי يوليو ژويیه जुलाई जुल ஜூலை "
    "تموز جويلية",
    "abu abuztua ag ago agost agosto agu agust agustos agustus aout aug august augusta augusti "
    "augusts augustus augusztus avg avgust elo elokuu elokuuta kol kolovoz kolovoza lunasa rugp "
    "rugpjucio rugpjutis sie sierpien sierpnia srpen srpna αυγ αυγουστος αυγουστου авг август "
    "августа серп серпень серпня օգոստոս օգոստոսի օգս אוגוסט באוגוסט אוג אויג אויגוסט "
    "اغسطس اوت अगसट "
    "अगसत अग ஆகஸட "
    "اب",
    "eyl eylul ira iraila mfomh rugs rugsejis rugsejo ruj rujan rujna sep sept september "
    "septembra septembre septembrie septembris septiembre set setembre setembro setiembre sett "
    "settembre syys syyskuu syyskuuta szept szeptember wrz wrzesien wrzesnia zar zari σεπ "
    "σεπτεμβριος σεπτεμβριου вер вересень вересня сент сентябрь сентября сеп септембар септември "
    "սեպ սեպտեմբեր սեպտեմբերի סעפ סעפטעמבער ספטמבר בספטמבר ספט سبتمبر سپتامبر सितंबर "
    "सित सेपटेमबर செப "
    "செபடமபர "
    "ايلول",
    "dfomh eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktober "
    "oktobra oktobris oktoober ott ottobre out outubro paz pazdziernik pazdziernika rij rijen "
    "rijna spal spalio spalis urr urria οκτ οκτωβριος οκτωβριου жовт жовтень жовтня окт октобар "
    "октомври октябрь октября հոկ հոկտեմբեր հոկտեմբերի אוקטובר באוקטובר אוק אקט "
    "אקטאבער اكتوبر اکتبر "
    "अकटूबर अकटू अकटोबर அகடோபர "
    "تشرينالاول",
    "aza azaroa kas kasım lapkr lapkricio lapkritis lis listopad listopada listopadu marras "
    "marraskuu marraskuuta noiembrie nov november novembra novembre novembris novembro noviembre "
    "samh samhain stu studeni studenoga νοε νοεμβριος νοεμβριου лист листопад листопада нов "
    "новембар ное ноември нояб ноябрь ноября նոյ նոյեմբեր նոյեմբերի נאוו נאוועמבער "
    "נובמבר בנובמבר נוב "
    "نوامبر نوفمبر नवंबर नव नोभेमबर நவமபர "
    "تشرينالثاني",
    "abe abendua ara aralık dec december decembra decembre decembrie decembris des desember "
    "desembre dets detsember dez dezember dezembro dic dicembre diciembre gru grudnia grudzien "
    "gruod gruodis gruodzio joulu joulukuu joulukuuta noll nollaig pro prosinac prosinca prosince "
    "prosinec δεκ δεκεμβριος δεκεμβριου груд грудень грудня дек декабрь декабря декември дец "
    "децембар դեկ դեկտեմբեր դեկտեմբերի דעצ דעצעמבער דצמבר בדצמבר דצמ دسامبر ديسمبر "
    "डिसेमबर दिसंबर दिस "
    "டிச டிசமபர "
    "كانونالاول",
)
_WEEKDAYS: Final = (
    "lun mar sub paz "
    "al an antradienis aoine ar asteartea asteazkena astelehena az car carsamba cead cet cetrtek "
    "ceturtd ceturtdiena cetvrtak cmt cs csutortok ct ctvrtek cum cuma cumartesi czw czwartek dc "
    "dear deardaoin dg di dienstag dijous dilluns dim dimanche dimarts dimecres dinsdag dissabte "
    "diumenge divendres dj dl do dom domenica domh domingo donderdag donnerstag ds dt dum "
    "duminica dv esmaspaev fim fimmtudagur fos fostudagur fr fre fredag freitag fri friday gio "
    "giovedi hetfo ig igandea jeu jeudi joi jue jueves jum jumat kam kamis ke kedd keskiviikko "
    "keskiviikkona ketvirtadienis kolmapaev kt la larunbata lau lauantai lauantaina laugardagur "
    "laupaev laurdag lor lordag lr luan lun lundi lunedi lunes luni lør lørdag ma maanantai "
    "maanantaina maandag mairt man mandag manudagur mardi martedi martes marti mer mercoledi "
    "mercredi mi mie miercoles miercuri min minggu mittwoch mið miðvikudagur mo mon monday montag "
    "ne ned nedela nedele nedelja nedjelja neljapaev niedz niedziela og on ons onsdag or osteguna "
    "ostirala otrd otrdiena pa patek paz pazar pazartesi pe penktadienis pentek per perjantai "
    "perjantaina persembe pet petak petek pi piatek piatok piektd piektdiena pirmadienis pirmd "
    "pirmdiena pn po pon pondeli pondelok ponedeljek ponedjeljak poniedziałek pr pt puhapaev pzt "
    "qua quarta quarta-feira qui quinta quinta-feira rab rabu reede sa sab sabado sabato sabtu "
    "sal salı sam sambata samedi samstag sat sath saturday seg segunda segunda-feira sekmadienis "
    "sel selasa sen senin sestadienis sestd sestdiena sex sexta sexta-feira sk so sob sobota son "
    "sondag sonnabend sonntag sr sre sreda sri srijeda sroda st streda stvrtok su sub subota sun "
    "sunday sunnudagur sunnuntai sunnuntaina svetd svetdiena sze szerda szo szombat sø søn søndag "
    "teisipaev ter terca terca-feira thu thur thurs thursday ti tiistai tiistaina tir tirs "
    "tirsdag tis tisdag to tor torek tors torsdag torstai torstaina tr treciadienis tresd "
    "tresdiena tue tues tuesday ty tysdag ut utery uto utorak utorok vasarnap ven vendredi "
    "venerdi vie viernes vin vineri vr vrijdag wed wednesday wo woensdag wt wtorek za zaterdag zo "
    "zondag þri þriðjudagur δευ δευτερα κυρ κυριακη παρ παρασκευη πεμ πεμπτη σαβ σαββατο τετ "
    "τεταρτη τρι τριτη воскресенье вс вт вторник вівторок нд нед неделя недеља неділя пʼятниця "
    "пет петак петък пн пон понеделник понедельник понедељак понеділок пт пятница сб середа ср "
    "сре среда сряда суб суббота субота събота уто уторак чет четвер четверг четвртак четвъртък "
    "чт երեքշաբթի երկ երկուշաբթի երք կիր կիրակի հինգշաբթի հնգ շաբաթ շբթ ուր ուրբաթ չորեքշաբթի չրք "
    "דאנערשטיק דינסטיק זונטיק מאנטיק מיטוואך פרײטיק שבת الاثنين الاحد الاربعاء الثلاثاء الجمعة "
    "الخميس السبت جمعه دوشنبه سهشنبه شنبه پنجشنبه چهارشنبه یکشنبه आइत आइतबार गुरु गुरुवार बिहि "
    "बिहिबार बुध बुधबार बुधवार मंगल मंगलवार मङगल मङगलबार रवि रविवार शनि शनिबार शनिवार शुकर "
    "शुकरबार शुकरवार सोम सोमबार सोमवार சனி செவ செவவாய ஞாயி ஞாயிறு திங திஙகள புத புதன வியா வியாழன "
    "வெள வெளளி 금 금요일 목 목요일 수 수요일 월 월요일 일 일요일 토 토요일 화 "
    "화요일 "
)

MONTHS: Final[dict[str, int]] = {
    name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()
}
"""The number of each month by its names."""

WEEKDAYS: Final = frozenset(_WEEKDAYS.split())
"""The names of days; some are those of months, too."""

CROATIAN: Final[dict[str, int | None]] = {"listopada": 10, "lis": None, "lip": None}
"""Names that mean another month to those who write "5. listopada", with a dot, than to others."""
