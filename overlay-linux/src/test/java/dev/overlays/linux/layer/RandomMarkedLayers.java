package dev.overlays.linux.layer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Small layers with every mark in every place, valid or not, as a hand-made layer may have them,
 * and a spec with any options. The same seed makes the same.
 */
final class RandomMarkedLayers {
  static final List<String> NAMES = List.of("a", "b", "c");
  static final List<String> ALL_NAMES = List.of("a", "b", "c", "in every layer");

  /** Every file has as many bytes, so that a metacopy is as long as its data, wherever that is. */
  private static final int LENGTH = 8;

  private static final List<String> REFUSED =
      List.of("", "/", "a/b", "..", "/a//b", "/./a", "\0a", "/a/");

  private final NativeLayerStore store = new NativeLayerStore();
  private final Random random;
  private final MarkNamespace marks;
  private final boolean invalid;
  private final boolean redirects;
  private final boolean metacopies;
  private int files;

  private RandomMarkedLayers(Random random, OverlayOptions options) {
    this.random = random;
    marks = MarkNamespace.of(options);
    invalid = random.nextInt(3) == 0;
    // Mostly, whoever writes layers mounts them by the same options.
    boolean others = random.nextInt(3) == 0;
    redirects = others || options.redirectDir() != RedirectDir.NOFOLLOW;
    metacopies = others || options.metacopy();
  }

  /** Makes layers in an empty directory. */
  static OverlaySpec make(Path root, long seed) throws IOException {
    Random random = new Random(seed);
    boolean ofUser = random.nextInt(5) == 0;
    boolean upper = random.nextInt(5) > 0;
    int lowers = 1 + random.nextInt(3);
    RedirectDir redirect = redirect(random, ofUser, upper);
    boolean metacopy =
        !ofUser
            && (redirect == RedirectDir.ON || (!upper && redirect == RedirectDir.FOLLOW))
            && random.nextInt(4) > 0;
    OverlayOptions options =
        OverlayOptions.defaults()
            .withUserXattr(ofUser)
            .withRedirectDir(redirect)
            .withMetacopy(metacopy);
    OverlaySpec.Builder spec = OverlaySpec.builder().options(o -> options);
    RandomMarkedLayers layers = new RandomMarkedLayers(random, options);
    for (int i = 0; i < (upper ? lowers : lowers + 1); i++) {
      spec.lower(layers.layer(root.resolve("lower" + i)));
    }
    if (metacopy && random.nextInt(3) == 0) {
      for (int i = random.nextInt(2); i >= 0; i--) {
        spec.dataLower(layers.layer(root.resolve("data" + i)));
      }
    }
    if (upper) {
      spec.upper(layers.layer(root.resolve("upper")));
      spec.work(Files.createDirectory(root.resolve("work")));
    }
    return spec.mountPoint(Files.createDirectory(root.resolve("mnts"))).build();
  }

  private static RedirectDir redirect(Random random, boolean ofUser, boolean upper) {
    if (ofUser || random.nextInt(5) == 0) {
      return RedirectDir.NOFOLLOW;
    }
    return !upper || random.nextInt(3) > 0 ? RedirectDir.ON : RedirectDir.FOLLOW;
  }

  private Path layer(Path path) throws IOException {
    Files.createDirectory(path);
    try (LayerDirectory root = store.open(path)) {
      fill(root, 0);
      // An empty layer may be a disk that is not mounted, of which nothing is repaired.
      root.createFile(Name.of("in every layer")).close();
      if (random.nextInt(8) == 0) {
        set(root, Name.SELF, Mark.OPAQUE, random.nextBoolean() ? "x" : "y");
      }
    }
    return path;
  }

  private void fill(LayerDirectory directory, int depth) throws IOException {
    for (String text : NAMES) {
      if (random.nextInt(10) < 6) {
        entry(directory, Name.of(text), depth);
      }
    }
  }

  private void entry(LayerDirectory directory, Name name, int depth) throws IOException {
    int roll = random.nextInt(100);
    if (roll < 50) {
      directory.createDirectory(name);
      if (depth < 3) {
        try (LayerDirectory inner = directory.open(name)) {
          fill(inner, depth + 1);
        }
      }
      directoryMarks(directory, name);
    } else if (roll < 78) {
      file(directory, name);
    } else if (roll < 90) {
      directory.createWhiteout(name);
    } else if (roll < 96) {
      directory.createFile(name).close();
      set(directory, name, Mark.WHITEOUT, random.nextBoolean() ? "" : "y");
      if (random.nextInt(3) > 0) {
        set(directory, Name.SELF, Mark.OPAQUE, "x");
      }
    } else if (roll < 98) {
      directory.createSymlink(name, "a".getBytes(ISO_8859_1));
    } else {
      directory.createNode(name, EntryType.FIFO, 0, 0);
    }
  }

  private void file(LayerDirectory directory, Name name) throws IOException {
    boolean metacopy = metacopies && random.nextInt(3) == 0;
    try (OutputStream out = directory.createFile(name)) {
      if (!metacopy) {
        out.write(String.format("%08d", ++files).getBytes(ISO_8859_1));
      }
    }
    if (metacopy) {
      try (FileChannel channel = directory.openFile(name, true)) {
        channel.write(ByteBuffer.wrap(new byte[1]), LENGTH - 1);
      }
      set(directory, name, Mark.METACOPY, invalid && random.nextInt(8) == 0 ? "yy" : "");
    }
    if (redirects && random.nextInt(metacopy ? 2 : 10) == 0) {
      redirect(directory, name);
    }
    bookkeeping(directory, name);
  }

  private void directoryMarks(LayerDirectory directory, Name name) throws IOException {
    int roll = random.nextInt(100);
    if (roll < 15) {
      set(directory, name, Mark.OPAQUE, "y");
    } else if (roll < 20) {
      set(directory, name, Mark.OPAQUE, "x");
    } else if (roll < 23) {
      set(directory, name, Mark.OPAQUE, roll < 22 ? "yes" : "");
    }
    if (redirects && random.nextInt(6) == 0) {
      redirect(directory, name);
    }
    bookkeeping(directory, name);
  }

  private void redirect(LayerDirectory directory, Name name) throws IOException {
    int roll = random.nextInt(20);
    if (roll < 8) {
      set(directory, name, Mark.REDIRECT, any());
    } else if (invalid && roll < 11) {
      set(directory, name, Mark.REDIRECT, REFUSED.get(random.nextInt(REFUSED.size())));
    } else if (roll == 11) {
      set(directory, name, Mark.REDIRECT, "/a/" + "n".repeat(255) + "n");
    } else {
      StringBuilder path = new StringBuilder();
      for (int i = random.nextInt(3); i >= 0; i--) {
        path.append('/').append(any());
      }
      set(directory, name, Mark.REDIRECT, path.toString());
    }
  }

  private String any() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  /** Marks that say nothing of what is shown, and some of the other namespace. */
  private void bookkeeping(LayerDirectory directory, Name name) throws IOException {
    if (random.nextInt(8) == 0) {
      set(directory, name, Mark.ORIGIN, random.nextBoolean() ? "" : "no file handle");
    }
    if (random.nextInt(12) == 0) {
      set(directory, name, Mark.IMPURE, "y");
    }
    if (random.nextInt(20) == 0) {
      set(directory, name, Mark.NLINK, "U+1");
    }
    if (random.nextInt(25) == 0) {
      set(directory, name, Mark.PROTATTR, "i");
    }
    if (random.nextInt(12) == 0) {
      MarkNamespace other =
          marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
      Mark mark = random.nextBoolean() ? Mark.REDIRECT : Mark.OPAQUE;
      directory.setXattr(name, mark.xattr(other), new byte[] {'y'});
    }
  }

  private void set(LayerDirectory directory, Name name, Mark mark, String value)
      throws IOException {
    directory.setXattr(name, mark.xattr(marks), value.getBytes(ISO_8859_1));
  }
}
