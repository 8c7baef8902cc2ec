package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.attribute.FileAttributeView;

/** Wraps attribute views of any type, even one that only its provider knows. */
final class FaultyAttributeView implements InvocationHandler {
  private final OperationFaults faults;
  private final String path;
  private final FileAttributeView view;

  private FaultyAttributeView(OperationFaults faults, String path, FileAttributeView view) {
    this.faults = faults;
    this.path = path;
    this.view = view;
  }

  /** Wraps a view, so that its methods run as operations; null stays null. */
  static <V extends FileAttributeView> V of(
      OperationFaults faults, String path, Class<V> type, V view) {
    if (view == null) {
      return null;
    }
    ClassLoader loader = type.getClassLoader();
    return type.cast(
        Proxy.newProxyInstance(
            loader == null ? FaultyAttributeView.class.getClassLoader() : loader,
            new Class<?>[] {type},
            new FaultyAttributeView(faults, path, view)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getName().equals("name")) {
      return callView(method, arguments);
    }
    return faults.run(
        AttributeOperations.ofViewMethod(method.getName()),
        () -> path,
        () -> {
          try {
            return callView(method, arguments);
          } catch (IOException | RuntimeException | Error e) {
            throw e;
          } catch (Throwable e) {
            throw new IOException(e);
          }
        });
  }

  private Object callView(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(view, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
