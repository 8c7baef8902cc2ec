package dev.overlays.merge;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Path;

/**
 * A store that refuses renames and links from one partition to another, as between subvolumes of
 * btrfs or directories of different projects. Some directories of the lowers, chosen by their
 * names, are partitions with everything in them.
 */
final class PartitionedStore extends ForwardingLayerStore {
  private final long seed;
  private final boolean known;

  /** The store reports the partitions beforehand, or the first refused rename shows them. */
  PartitionedStore(LayerStore store, long seed, boolean known) {
    super(store);
    this.seed = seed;
    this.known = known;
  }

  private boolean isPart(String layer, Name name) {
    return layer.contains("/lower")
        && !name.toString().startsWith(".overlays-")
        && Math.floorMod(name.hashCode() * 31L + seed * 17, 3) == 0;
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return wrapDirectory(innerStore().open(root), "", root.toString());
  }

  private LayerDirectory wrapDirectory(LayerDirectory directory, String part, String layer) {
    InvocationHandler handler = new PartitionHandler(directory, part, layer);
    return (LayerDirectory)
        Proxy.newProxyInstance(
            LayerDirectory.class.getClassLoader(), new Class<?>[] {LayerDirectory.class}, handler);
  }

  /** Wraps a directory with the partition that it is in. */
  private final class PartitionHandler implements InvocationHandler {
    private final LayerDirectory directory;
    private final String part;
    private final String layer;

    PartitionHandler(LayerDirectory directory, String part, String layer) {
      this.directory = directory;
      this.part = part;
      this.layer = layer;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      Object[] inner = args == null ? null : args.clone();
      PartitionHandler target = null;
      for (int i = 0; inner != null && i < inner.length; i++) {
        if (inner[i] != null
            && Proxy.isProxyClass(inner[i].getClass())
            && Proxy.getInvocationHandler(inner[i]) instanceof PartitionHandler other) {
          inner[i] = other.directory;
          target = other;
        }
      }
      boolean crosses = target != null && !target.part.equals(part);
      String name = method.getName();
      if (name.equals("canMoveFrom")) {
        return !known || !crosses;
      }
      if (crosses && (name.equals("rename") || name.equals("createLink"))) {
        boolean isThere = directory.stat((Name) args[0]).isPresent();
        if (isThere || known) {
          throw new AtomicMoveNotSupportedException(
              directory + "/" + args[0], target.directory + "/" + args[2], "another part");
        }
      }
      try {
        Object result = method.invoke(directory, inner);
        if (name.equals("open")) {
          Name opened = (Name) args[0];
          return wrapDirectory(
              (LayerDirectory) result,
              isPart(layer, opened) ? directory + "/" + opened : part,
              layer);
        }
        return result;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @Override
  public String name() {
    return "parted-" + innerStore().name();
  }
}
