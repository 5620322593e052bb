import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Steps that call the SDK, and the account of which of its methods they called.
 *
 * <p>A step passes if it throws nothing. What fails is charged to the method that was called last; a
 * method that no step calls is reported as forgotten.
 */
final class Recorder {
  /** AgentKit, which is answered with UNIMPLEMENTED. */
  private static final Set<String> OUT_OF_SCOPE =
      Set.of("ActionsClient", "ConnectedAccountsClient", "McpClient", "ProvidersClient",
          "ToolsClient");


  private final Map<String, Object> services = new LinkedHashMap<>();
  private final Map<String, Class<?>> faces = new LinkedHashMap<>();
  private final Set<String> offered = new TreeSet<>();
  private final Set<String> called = new TreeSet<>();
  private final Map<String, String> failed = new TreeMap<>();
  private String last = "";
  private int steps = 0;

  Recorder(Object client) throws ReflectiveOperationException {
    for (Method accessor : client.getClass().getMethods()) {
      Class<?> face = accessor.getReturnType();
      String name = face.getSimpleName();
      if (accessor.getParameterCount() > 0 || !face.isInterface()) continue;
      if (!face.getName().startsWith("com.scalekit.") || OUT_OF_SCOPE.contains(name)) continue;
      services.put(name, accessor.invoke(client));
      faces.put(name, face);
      for (Method method : face.getMethods()) offered.add(name + "." + method.getName());
    }
  }

  /** Calls {@code "RoleClient.getRole"} with plain values; see {@link Shape}. */
  Object call(String name, Object... arguments) throws Throwable {
    last = name;
    String[] parts = name.split("\\.");
    Object service = services.get(parts[0]);
    if (service == null) throw new AssertionError("the SDK has no " + parts[0]);
    RuntimeException unfit = new Shape.Unfit("the SDK has no " + name);
    for (Method method : faces.get(parts[0]).getMethods()) {
      if (!method.getName().equals(parts[1])) continue;
      if (method.getParameterCount() != arguments.length) continue;
      Object[] given;
      try {
        given = fitted(method.getGenericParameterTypes(), arguments);
      } catch (Shape.Unfit reason) {
        unfit = reason;
        continue;
      }
      called.add(name);
      try {
        return method.invoke(service, given);
      } catch (InvocationTargetException error) {
        throw error.getCause();
      }
    }
    throw unfit;
  }

  private static Object[] fitted(Type[] types, Object[] arguments) {
    Object[] given = new Object[types.length];
    for (int i = 0; i < types.length; ++i) given[i] = Shape.as(types[i], arguments[i]);
    return given;
  }

  /** A call that must be refused by the server with one of these codes in its ErrorInfo. */
  void refused(List<String> codes, String name, Object... arguments) throws Throwable {
    try {
      call(name, arguments);
    } catch (Shape.Unfit unfit) {
      throw unfit;
    } catch (Exception error) {
      Object code = Shape.at(error, "scalekitErrorCode");
      if (codes.contains(String.valueOf(code))) return;
      throw new AssertionError("refused with " + code + " instead of " + codes + ": " + error);
    }
    throw new AssertionError("accepted instead of " + codes);
  }

  /** A call that the SDK itself must refuse. */
  void refusedBySdk(String name, Object... arguments) throws Throwable {
    Object answer;
    try {
      answer = call(name, arguments);
    } catch (Shape.Unfit unfit) {
      throw unfit;
    } catch (Exception error) {
      return;
    }
    if (!Boolean.FALSE.equals(answer)) throw new AssertionError("accepted");
  }

  void step(String name, Body body) {
    ++steps;
    last = "";
    try {
      body.run();
      System.out.println("ok     " + name);
    } catch (Throwable error) {
      System.out.println("FAILED " + name + ": " + last + ": " + error);
      failed.putIfAbsent(last.isEmpty() ? name : last, name + ": " + error);
    }
  }

  interface Body {
    void run() throws Throwable;
  }

  int report() {
    Set<String> all = new TreeSet<>(offered);
    all.addAll(failed.keySet());
    System.out.println();
    int failures = 0;
    for (String method : all) {
      String fate = "pass    " + method;
      if (failed.containsKey(method)) {
        fate = "FAILED  " + method + "  (" + failed.get(method) + ")";
      } else if (!called.contains(method)) {
        fate = "FORGOT  " + method + "  (no step calls it, or none got that far)";
      }
      if (!fate.startsWith("pass")) ++failures;
      System.out.println(fate);
    }
    System.out.printf("%n%d steps; %d of %d methods walked%n", steps, called.size(),
        offered.size());
    System.out.printf("# pass %d%n# fail %d%n", all.size() - failures, failures);
    return failures > 0 ? 1 : 0;
  }

  static void same(Object actual, Object expected, String what) {
    if (!expected.equals(actual)) {
      throw new AssertionError(what + " is " + actual + ", not " + expected);
    }
  }

  static void holds(boolean condition, String what) {
    if (!condition) throw new AssertionError(what);
  }
}
