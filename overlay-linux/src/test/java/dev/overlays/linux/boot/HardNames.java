package dev.overlays.linux.boot;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.Propagation;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Xino;
import dev.overlays.layer.PathBytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random specs with names that are hard to write down. */
final class HardNames {
  /** Bytes as characters; the last two are no UTF-8. */
  private static final List<String> PIECES =
      List.of(
          "a",
          "Z",
          "0",
          " ",
          "  ",
          "\t",
          ",",
          ":",
          "=",
          "#",
          "%",
          "'",
          "-",
          ".",
          "$a",
          "@",
          "(",
          "]",
          "x-",
          "ro",
          "\u00c3\u00a9",
          "\u00e2\u0082\u00ac",
          "\u00f0\u009f\u0098\u0080",
          "~",
          "`",
          "&",
          ";",
          "*",
          "?",
          "!",
          "+",
          "\u0001",
          "\u007f");

  private static final List<String> MISREAD =
      List.of("\\", "\"", "\n", "\r", "$$", "${", "\u00e9", "\u00ff", "\u00ef\u00bf\u00bf");

  private final Random random;
  private final boolean misread;

  HardNames(Random random, boolean misread) {
    this.random = random;
    this.misread = misread;
  }

  String name() {
    StringBuilder name = new StringBuilder();
    int pieces = 1 + random.nextInt(6);
    for (int i = 0; i < pieces; i++) {
      boolean odd = misread && random.nextInt(8) == 0;
      name.append(one(odd ? MISREAD : PIECES));
    }
    return name.toString().matches("\\.\\.?") ? "dots" : name.toString();
  }

  /** A path below a directory, different for each number. */
  Path path(Path root, int number) {
    StringBuilder path = new StringBuilder(ByteText.of(root));
    path.append('/').append(number).append(name());
    for (int i = random.nextInt(3); i > 0; i--) {
      path.append('/').append(name());
    }
    return PathBytes.toPath(ByteText.bytesOf(path.toString()));
  }

  OverlaySpec spec(Path root) {
    List<Path> lowers = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      lowers.add(path(root, i));
    }
    OverlaySpec.Builder builder = OverlaySpec.builder().lowers(lowers);
    boolean writable = count == 1 || random.nextInt(4) > 0;
    if (writable) {
      // Beside each other, on one mount.
      builder.upper(path(root, 10)).work(path(root, 11));
      if (random.nextBoolean()) {
        builder.privatePath("private/" + ByteText.readableText(name()).replaceAll("/", ""));
      }
    }
    if (random.nextInt(4) == 0) {
      builder
          .options(o -> o.withMetacopy(true).withRedirectDir(RedirectDir.ON))
          .dataLower(path(root, 20));
    } else if (writable && random.nextInt(3) == 0) {
      builder.options(o -> o.withIndex(true).withNfsExport(random.nextBoolean()));
    }
    for (MountAttribute attribute : MountAttribute.values()) {
      if (random.nextInt(4) == 0) {
        builder.attributes(attribute);
      }
    }
    return builder
        .options(o -> o.withXino(random.nextBoolean() ? Xino.OFF : Xino.AUTO))
        .options(o -> o.withUuid(random.nextBoolean() ? UuidMode.AUTO : UuidMode.NULL))
        .propagation(one(List.of(Propagation.values())))
        .mountPoint(path(root, 30))
        .build();
  }

  private <T> T one(List<T> choice) {
    return choice.get(random.nextInt(choice.size()));
  }
}
