import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values of the SDK's types from plain maps, lists and texts, and plain values out of what it
 * answers. Messages are made by their builders, enums by their names. So the steps name no class of
 * the SDK, and one program fits each of its versions.
 */
final class Shape {
  /** What cannot be said of this type; an overload may take something else. */
  static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unfit(String why) {
      super(why);
    }
  }

  private Shape() {}

  /** The names and values in turn: {@code map("name", "x", "roles", List.of(…))}. */
  static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> made = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      made.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return made;
  }

  static Object as(Type wanted, Object given) {
    Class<?> raw = rawClass(wanted);
    if (given == null) {
      if (raw.isPrimitive()) throw new Unfit("null is no " + raw);
      return null;
    }
    if (given instanceof List<?> list && raw.isAssignableFrom(List.class)) {
      return elements(wanted, list);
    }
    if (raw.isEnum() && given instanceof String name) return enumNamed(raw, name);
    if (given instanceof Map<?, ?> fields && !raw.isAssignableFrom(Map.class)) {
      return object(raw, fields);
    }
    if (boxed(raw).isInstance(given)) return given;
    if (given instanceof Integer number && boxed(raw) == Long.class) return number.longValue();
    throw new Unfit(given.getClass().getSimpleName() + " is no " + raw.getSimpleName());
  }

  /** "organization.id" of what was answered; "" is the answer itself, "roles.0" an element. */
  static Object at(Object from, String path) {
    Object found = from;
    for (String part : path.isEmpty() ? new String[0] : path.split("\\.")) {
      if (found instanceof List<?> list) {
        found = list.get(Integer.parseInt(part));
      } else {
        found = property(found, part);
      }
    }
    return found;
  }

  static List<?> list(Object from, String path) {
    return (List<?>) at(from, path);
  }

  /** One property of each element of a list, sorted. */
  static List<String> each(Object from, String path, String property) {
    List<String> found = new ArrayList<>();
    for (Object element : list(from, path)) found.add(String.valueOf(property(element, property)));
    found.sort(null);
    return found;
  }

  private static Object property(Object from, String name) {
    String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    for (String candidate :
        List.of("get" + upper + "List", "get" + upper + "Map", "get" + upper, "has" + upper,
            "is" + upper, name)) {
      try {
        Method method = from.getClass().getMethod(candidate);
        method.setAccessible(true);
        return method.invoke(from);
      } catch (NoSuchMethodException notThis) {
        continue;
      } catch (ReflectiveOperationException error) {
        throw new IllegalStateException(error);
      }
    }
    throw new IllegalStateException(from.getClass().getSimpleName() + " has no " + name);
  }

  private static Object object(Class<?> kind, Map<?, ?> fields) {
    try {
      Object builder = builderOf(kind);
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        set(builder, (String) field.getKey(), field.getValue());
      }
      return builder.getClass() == kind ? builder : invoke(builder, "build");
    } catch (ReflectiveOperationException error) {
      throw new Unfit("cannot make a " + kind.getSimpleName() + ": " + error);
    }
  }

  /** A message has newBuilder(), an options class builder() or a constructor and setters. */
  private static Object builderOf(Class<?> kind) throws ReflectiveOperationException {
    for (String factory : List.of("newBuilder", "builder")) {
      for (Method method : kind.getMethods()) {
        boolean isIt = method.getName().equals(factory) && method.getParameterCount() == 0;
        if (isIt && Modifier.isStatic(method.getModifiers())) return method.invoke(null);
      }
    }
    return kind.getConstructor().newInstance();
  }

  private static void set(Object builder, String name, Object value)
      throws ReflectiveOperationException {
    String upper = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    Unfit last = new Unfit(builder.getClass().getName() + " has no " + name);
    for (String setter : List.of("addAll" + upper, "putAll" + upper, "set" + upper, name)) {
      for (Method method : builder.getClass().getMethods()) {
        if (!method.getName().equals(setter) || method.getParameterCount() != 1) continue;
        Type type = method.getGenericParameterTypes()[0];
        if (rawClass(type).getSimpleName().equals("Builder")) continue;
        try {
          Object argument = setter.startsWith("addAll") ? elements(type, (List<?>) value)
                                                        : as(type, value);
          method.setAccessible(true);
          method.invoke(builder, argument);
          return;
        } catch (Unfit | ClassCastException unfit) {
          last = new Unfit(name + ": " + unfit.getMessage());
        }
      }
    }
    throw last;
  }

  private static List<Object> elements(Type listType, List<?> given) {
    Type element = Object.class;
    if (listType instanceof ParameterizedType known) {
      element = known.getActualTypeArguments()[0];
      if (element instanceof java.lang.reflect.WildcardType wild) {
        element = wild.getUpperBounds()[0];
      }
    }
    List<Object> made = new ArrayList<>();
    for (Object each : given) made.add(as(element, each));
    return made;
  }

  private static Object enumNamed(Class<?> kind, String name) {
    return Arrays.stream(kind.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Unfit(kind.getSimpleName() + " has no " + name));
  }

  private static Object invoke(Object target, String name) throws ReflectiveOperationException {
    Method method = target.getClass().getMethod(name);
    method.setAccessible(true);
    try {
      return method.invoke(target);
    } catch (InvocationTargetException error) {
      throw new Unfit(String.valueOf(error.getCause()));
    }
  }

  private static Class<?> rawClass(Type type) {
    if (type instanceof Class<?> known) return known;
    if (type instanceof ParameterizedType known) return (Class<?>) known.getRawType();
    return Object.class;
  }

  private static Class<?> boxed(Class<?> kind) {
    if (kind == int.class) return Integer.class;
    if (kind == long.class) return Long.class;
    if (kind == boolean.class) return Boolean.class;
    return kind;
  }
}
