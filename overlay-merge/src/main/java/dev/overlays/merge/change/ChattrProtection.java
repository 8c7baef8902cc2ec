package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What an upper's entry shows of the attributes of chattr(1): the kernel keeps them in a mark,
 * since an upper that had them could not be written to. Source: the kernel's fs/overlayfs/inode.c,
 * {@code ovl_check_protattr}.
 */
public record ChattrProtection(boolean immutable, boolean appendOnly) {
  public static final ChattrProtection NONE = new ChattrProtection(false, false);

  public static ChattrProtection of(LayerDirectory directory, Name name, MarkNamespace marks)
      throws IOException {
    String letters =
        directory
            .xattr(name, Mark.PROTATTR.xattr(marks))
            .map(value -> new String(value, StandardCharsets.US_ASCII))
            .orElse("");
    return new ChattrProtection(letters.indexOf('i') >= 0, letters.indexOf('a') >= 0);
  }

  boolean isSome() {
    return immutable || appendOnly;
  }
}
