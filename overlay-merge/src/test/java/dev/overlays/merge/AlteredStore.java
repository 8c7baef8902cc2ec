package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/**
 * A store whose directories answer some calls differently: as a file system would that memory is
 * not, with read-only mounts, refused renames, file handles or types that a listing does not have.
 */
public final class AlteredStore extends ForwardingLayerStore {
  private final Alteration alteration;

  public AlteredStore(LayerStore store, Alteration alteration) {
    super(store);
    this.alteration = alteration;
  }

  /** Makes the call that was asked for. */
  @FunctionalInterface
  public interface OriginalCall {
    Object make() throws IOException;
  }

  /** Answers every call on a directory. */
  @FunctionalInterface
  public interface Alteration {
    /**
     * Answers a call.
     *
     * @param directory the directory, unaltered
     * @param method the name of the method
     * @param arguments the arguments; directories among them are unaltered
     */
    Object answer(LayerDirectory directory, String method, Object[] arguments, OriginalCall call)
        throws IOException;
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return wrapDirectory(innerStore().open(root));
  }

  private LayerDirectory wrapDirectory(LayerDirectory directory) {
    return (LayerDirectory)
        Proxy.newProxyInstance(
            LayerDirectory.class.getClassLoader(),
            new Class<?>[] {LayerDirectory.class, Wrapped.class},
            (proxy, method, arguments) -> answer(directory, method, arguments));
  }

  /** A directory that stands for another one. */
  private interface Wrapped {
    LayerDirectory unwrap();
  }

  private Object answer(LayerDirectory directory, Method method, Object[] arguments)
      throws Throwable {
    if (method.getName().equals("unwrap")) {
      return directory;
    }
    Object[] plain = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < plain.length; i++) {
      plain[i] = plain[i] instanceof Wrapped wrapped ? wrapped.unwrap() : plain[i];
    }
    Object result =
        alteration.answer(
            directory, method.getName(), plain, () -> callOriginal(directory, method, plain));
    return result instanceof LayerDirectory inner ? wrapDirectory(inner) : result;
  }

  private static Object callOriginal(LayerDirectory directory, Method method, Object[] arguments)
      throws IOException {
    try {
      return method.invoke(directory, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
