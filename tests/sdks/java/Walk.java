import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks every method that the Java SDK offers outside AgentKit, against a running Gatehouse.
 * GATEHOUSE_READY is what {@code gatehouse dev --tls --port 443 --ready-file} wrote.
 */
public final class Walk {
  static final List<String> NOT_FOUND = List.of("NOT_FOUND");
  static final List<String> INVALID = List.of("INVALID_ARGUMENT");
  static final List<String> BAD = List.of("INVALID_ARGUMENT", "FAILED_PRECONDITION");
  static final List<String> WRONG_PROOF =
      List.of("INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND");
  static final String UNKNOWN_ORGANIZATION = "org_999999999999999999";
  static final String UNKNOWN_USER = "usr_999999999999999999";

  final String ready;
  final String url;
  final Recorder recorder;
  // What earlier steps have made.
  String organization;
  String team;
  String otherTeam;
  String grace;

  private Walk() throws Exception {
    ready = Files.readString(Path.of(System.getenv("GATEHOUSE_READY")));
    url = member("environment_url");
    Object client = Class.forName("com.scalekit.ScalekitClient")
        .getConstructor(String.class, String.class, String.class)
        .newInstance(url, member("client_id"), member("client_secret"));
    recorder = new Recorder(client);
  }

  /** The first member of this name in the ready file, which has texts only. */
  String member(String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(ready);
    if (!found.find()) throw new IllegalStateException("the ready file has no " + name);
    return found.group(1);
  }

  String firstUser() {
    Matcher found = Pattern.compile("\"id\":\"(usr_\\d+)\"").matcher(ready);
    if (!found.find()) throw new IllegalStateException("the ready file has no user");
    return found.group(1);
  }

  /** A person signs in on the hosted pages; where the application is called back. */
  String signIn(String email, String address) throws IOException, InterruptedException {
    Process person = new ProcessBuilder("python3", System.getenv("GATEHOUSE_SIGN_IN"),
        System.getenv("GATEHOUSE_READY"), email, address).redirectErrorStream(true).start();
    String said = new String(person.getInputStream().readAllBytes()).trim();
    if (person.waitFor() != 0) throw new IllegalStateException(said);
    return said;
  }

  Object call(String name, Object... arguments) throws Throwable {
    return recorder.call(name, arguments);
  }

  String newOrganization(String name) throws Throwable {
    return (String) Shape.at(call("OrganizationClient.create", Shape.map("displayName", name)),
        "id");
  }

  public static void main(String[] arguments) throws Exception {
    Walk walk = new Walk();
    new Organizations(walk).steps();
    new People(walk).steps();
    new Access(walk).steps();
    System.exit(walk.recorder.report());
  }
}
