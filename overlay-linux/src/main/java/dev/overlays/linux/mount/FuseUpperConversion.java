package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Converts an upper that fuse-overlayfs left in its own form, because its daemon was killed or the
 * view was unmounted by another program. The kernel would show deleted files of such an upper
 * again.
 */
public final class FuseUpperConversion {
  private FuseUpperConversion() {}

  /**
   * Converts the upper of a spec to the kernel's form if it is marked as one of fuse-overlayfs.
   *
   * @param spec the spec, whose upper is locked
   * @param handles its layers
   * @throws IOException if it cannot be read or written
   */
  public static void convertIfMarked(OverlaySpec spec, LayerHandles handles) throws IOException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    if (handles.upperHandle().isPresent()
        && !isUnmarked(handles.upperHandle().get(), Mark.FUSE.xattr(marks))) {
      MarkedUpper.convert(spec.upper().orElseThrow(), marks);
    }
  }

  /** Whether the upper certainly lacks the mark, asked by the handle that is open anyway. */
  private static boolean isUnmarked(Descriptor upper, String xattr) {
    long length = UpperMark.attemptLength(upper, xattr);
    return length == -Errno.ENODATA.number() || length == -Errno.EOPNOTSUPP.number();
  }

  /** Apart, so that a mount of another upper does not load what a conversion needs. */
  private static final class MarkedUpper {
    static void convert(Path path, MarkNamespace marks) throws IOException {
      try (LayerDirectory upper = new NativeLayerStore().open(path)) {
        FuseForm.convertIfMarked(upper, marks);
      }
    }
  }
}
