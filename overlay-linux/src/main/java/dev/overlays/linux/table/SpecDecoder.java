package dev.overlays.linux.table;

import dev.overlays.InvalidSpecException;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import dev.overlays.linux.syscall.PathBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes specs of what the kernel prints of overlay mounts. */
public final class SpecDecoder {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  private SpecDecoder() {}

  /**
   * Decodes an overlay mount. Relative layers, which mount(8) leaves as they were given, stay
   * relative: the kernel does not tell what they were relative to.
   *
   * @param record the mount
   * @return what was mounted; empty if no spec can stand for it
   */
  public static Optional<OverlaySpec> decode(MountRecord record) {
    OverlaySpec.Builder builder = OverlaySpec.builder().mountPoint(record.mountPoint());
    builder.attributes(record.attributes().toArray(new MountAttribute[0]));
    for (OptionString.Option option : OptionString.parse(record.options())) {
      switch (option.key()) {
        case "lowerdir" -> decodeLowers(option.value(), builder);
        case "lowerdir+" -> builder.lower(path(option.value()));
        case "datadir+" -> builder.dataLower(path(option.value()));
        case "upperdir" -> builder.upper(escapedPath(option.value()));
        case "workdir" -> builder.work(escapedPath(option.value()));
        default -> {}
      }
    }
    try {
      return Optional.of(builder.options(decodeOptions(record.options())).build());
    } catch (InvalidSpecException e) {
      LOG.log(System.Logger.Level.DEBUG, "no spec for " + record, e);
      return Optional.empty();
    }
  }

  /**
   * Decodes the options in force.
   *
   * @param options as the kernel prints them
   * @return the options; {@code override_creds}, which is not printed, is off
   */
  public static OverlayOptions decodeOptions(String options) {
    OverlayOptions decoded = OverlayDefaults.read();
    for (OptionString.Option option : OptionString.parse(options)) {
      boolean on = option.text().equals("on");
      decoded =
          switch (option.key()) {
            case "index" -> decoded.withIndex(on);
            case "nfs_export" -> decoded.withNfsExport(on);
            case "metacopy" -> decoded.withMetacopy(on);
            case "redirect_dir" -> decoded.withRedirectDir(word(RedirectDir.class, option));
            case "xino" -> decoded.withXino(word(Xino.class, option));
            case "uuid" -> decoded.withUuid(word(UuidMode.class, option));
            case "verity" -> decoded.withVerity(word(Verity.class, option));
            case "userxattr" -> decoded.withUserXattr(true);
            case "volatile" -> decoded.withVolatileUpper(true);
            default -> decoded;
          };
    }
    return decoded;
  }

  private static <E extends Enum<E>> E word(Class<E> type, OptionString.Option option) {
    return Enum.valueOf(type, option.text().toUpperCase(Locale.ROOT));
  }

  /** A list of lowers; what follows an empty part, that is two colons, is data-only. */
  private static void decodeLowers(byte[] list, OverlaySpec.Builder builder) {
    boolean dataOnly = false;
    List<byte[]> parts = OptionString.splitAtColons(list);
    for (byte[] part : parts) {
      Path path = path(OptionString.unescape(part));
      if (part.length == 0) {
        dataOnly = true;
      } else if (dataOnly) {
        builder.dataLower(path);
      } else {
        builder.lower(path);
      }
    }
  }

  /**
   * An upper or work directory is printed as it was given: escaped in a string, raw by descriptor.
   * Only a name with a backslash can be read both ways; then the one that exists is meant.
   */
  private static Path escapedPath(byte[] value) {
    Path raw = path(value);
    return Files.exists(raw) ? raw : path(OptionString.unescape(value));
  }

  private static Path path(byte[] bytes) {
    boolean absolute = bytes.length > 0 && bytes[0] == '/';
    return absolute ? PathBytes.toPath(bytes) : Path.of(OptionString.decode(bytes));
  }
}
