import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/** One node for tests: as any user, with settings as arguments, until standard input ends. */
public class OpenSearchNode {
    public static void main(String[] arguments) {
        Thread watch = new Thread(OpenSearchNode::haltWhenInputEnds);
        watch.setDaemon(true);
        watch.start();
        try {
            run(arguments);
        } catch (Throwable error) {
            error.printStackTrace();
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                System.err.println(cause); // last, as whoever reads a log begins at its end
            }
            Runtime.getRuntime().halt(1); // threads of a node that started in part would go on
        }
    }

    private static void run(String[] arguments) throws Exception {
        Path config = Path.of(System.getProperty("opensearch.path.conf"));
        Map<String, String> settings = Arrays.stream(arguments).map(one -> one.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(Settings.EMPTY, settings, config, () -> "node");
        LogConfigurator.setNodeName(settings.get("node.name"));
        LogConfigurator.configure(environment);
        Node node = new Node(environment);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (java.io.IOException error) {
                error.printStackTrace();
            }
        }));
        node.start();
        new CountDownLatch(1).await();
    }

    /** However the program ended that started the node: its end of the pipe is closed then. */
    private static void haltWhenInputEnds() {
        try {
            while (System.in.read() >= 0) { }
        } catch (java.io.IOException ended) {
            // the same
        }
        Runtime.getRuntime().halt(0);
    }
}
