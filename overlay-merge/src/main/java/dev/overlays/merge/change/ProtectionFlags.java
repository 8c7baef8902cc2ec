package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The attributes of chattr(1) that an entry of the upper shows. The kernel keeps them in a mark,
 * since it could not write to an upper that had them. Source: the kernel's fs/overlayfs/inode.c,
 * {@code ovl_check_protattr}.
 */
public record ProtectionFlags(boolean immutable, boolean appendOnly) {
  public static final ProtectionFlags NONE = new ProtectionFlags(false, false);

  public static ProtectionFlags of(LayerDirectory directory, Name name, MarkNamespace marks)
      throws IOException {
    String letters =
        directory
            .xattr(name, Mark.PROTATTR.xattr(marks))
            .map(value -> new String(value, StandardCharsets.US_ASCII))
            .orElse("");
    return new ProtectionFlags(letters.indexOf('i') >= 0, letters.indexOf('a') >= 0);
  }
}
