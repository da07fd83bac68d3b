import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * mongo-java-server on a port, with made-up data: `open`; `empty`; `no-hello`, as before MongoDB 4.4.2; `login`, in which our code here says
 * what MongoDB says to who has not logged in, since this server knows no login; `login-list`, where the list alone is kept from others;
 * `login-empty`, where it is empty; `people`, with a word of its owner's and documents to be counted.
 */
class MongoServerFixture extends MemoryBackend {
  private static final Set<String> FREE = Set.of("hello", "ismaster", "ismain");
  private final String mode;
  private volatile boolean started = false;

  MongoServerFixture(String mode) {
    this.mode = mode;
  }

  @Override
  public Document handleMessage(MongoMessage message) {
    Document body = message.getDocument();
    String command = body.keySet().iterator().next();
    if (started) {
      System.out.println("asked " + body);
      boolean isList = command.equals("listDatabases");
      if (mode.equals("no-hello") && command.equals("hello")) throw new MongoServerError(59, "CommandNotFound", "no such command: 'hello'");
      if (mode.equals("login-empty") && isList) return new Document("databases", List.of()).append("ok", 1.0);
      boolean isKept = mode.equals("login-list") ? isList : mode.startsWith("login") && !FREE.contains(command.toLowerCase());
      if (isKept) throw new MongoServerError(13, "Unauthorized", "command " + command + " requires authentication");
    }
    return super.handleMessage(message);
  }

  public static void main(String[] args) throws Exception {
    MongoServerFixture backend = new MongoServerFixture(args[1]);
    if (!args[1].equals("empty")) {
      insert(backend, "users", new Document("_id", "made-up-1").append("email", "made-up@example.org"));
      insert(backend, "planted", new Document("_id", "vitrine:canary"));
    }
    if (args[1].equals("people")) people(backend, args[2]);
    backend.started = true;
    MongoServer server = new MongoServer(backend);
    if (args.length > 3) server.enableSsl(keyOf(args[4]), null, certificateOf(args[3]));
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("ready");
  }

  private static void insert(MongoServerFixture backend, String collection, Document document) {
    Document command = new Document("insert", collection).append("documents", List.of(document)).append("$db", "metrics");
    backend.handleMessage(new MongoMessage(new EmbeddedChannel(), null, command));
  }

  /** Of 2,000 documents 1,900 have an address, 24 a token in a list of documents, 140 a weight two documents deep; of 500 persons. */
  private static void people(MongoServerFixture backend, String word) {
    for (int i = 0; i < 2_000; i++) {
      Document one = new Document("_id", "made-up-person-" + i).append("user_id", i % 500).append("a.b", "hidden-" + i).append("email_verified", true);
      if (i < 1_900) one.append("email", "made-up-" + i + "@example.org");
      if (i == 1_999) one.append("email", null);
      if (i < 24) one.append("links", List.of(new Document("name", "made-up"), new Document("access_token", "made-up-token-" + i)));
      if (i < 140) one.append("profile", new Document("body", new Document("weight", 70 + i % 9).append("height", 180).append("bmi", 21.5)));
      if (i == 100) one.append("links", List.of(new Document("access_token", null)));
      insert(backend, "people", one);
    }
    Document planted = new Document("_id", "vitrine:canary").append("proof", word);
    Document command = new Document("insert", "canary").append("documents", List.of(planted)).append("$db", "vitrine");
    backend.handleMessage(new MongoMessage(new EmbeddedChannel(), null, command));
  }

  private static X509Certificate certificateOf(String file) throws Exception {
    try (FileInputStream in = new FileInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey keyOf(String file) throws Exception {
    String text = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
  }
}
