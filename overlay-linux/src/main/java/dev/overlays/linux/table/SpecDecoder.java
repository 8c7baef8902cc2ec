package dev.overlays.linux.table;

import dev.overlays.Ephemeral;
import dev.overlays.InvalidSpecException;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import dev.overlays.instance.EphemeralUpper;
import dev.overlays.layer.PathBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Makes specs of mounted overlays from what the kernel prints. */
public final class SpecDecoder {
  /** Looked up only when there is something to say: that sets up the logging of the JVM. */
  private static final String LOGGER = "dev.overlays.linux";

  /** The index of the number of uppers in the result of {@link #countLayers}. */
  private static final int UPPERS = 2;

  private SpecDecoder() {}

  /**
   * Decodes an overlay mount. Relative layer paths, which mount(8) passes on unchanged, stay
   * relative: the kernel does not print what they are relative to.
   *
   * @param record the mount
   * @return what was mounted; empty if no spec can stand for it
   */
  public static Optional<OverlaySpec> decodeSpec(MountRecord record) {
    return decodeSpec(record, SpecDecoder::pathOf);
  }

  /**
   * Decodes an overlay mount.
   *
   * @param record the mount
   * @param naming returns the path of a layer
   * @return what was mounted; empty if no spec can stand for it
   */
  public static Optional<OverlaySpec> decodeSpec(
      MountRecord record, Function<PrintedLayer, Path> naming) {
    OverlaySpec.Builder builder = OverlaySpec.builder().mountPoint(record.mountPoint());
    builder.attributes(record.attributes().toArray(new MountAttribute[0]));
    builder.propagation(record.propagation());
    Optional<Path> upper = Optional.empty();
    Optional<Path> work = Optional.empty();
    for (PrintedLayer layer : PrintedLayer.of(record.options())) {
      Path path = naming.apply(layer);
      switch (layer.kind()) {
        case LOWER -> builder.lower(path);
        case DATA_LOWER -> builder.dataLower(path);
        case UPPER -> upper = Optional.of(path);
        case WORK -> work = Optional.of(path);
      }
    }
    Optional<Ephemeral> ephemeral = upper.flatMap(EphemeralUpper::ephemeralOf);
    if (ephemeral.isPresent()) {
      builder.ephemeral(ephemeral.get());
    } else {
      upper.ifPresent(builder::upper);
      work.ifPresent(builder::work);
    }
    // Without an upper the file system is always read-only.
    if (record.isFileSystemReadOnly() && countLayers(record.options()).get(UPPERS) > 0) {
      builder.attributes(MountAttribute.READ_ONLY);
    }
    try {
      return Optional.of(builder.options(decodeOptions(record.options(), true)).build());
    } catch (InvalidSpecException e) {
      System.getLogger(LOGGER).log(System.Logger.Level.DEBUG, "no spec for " + record, e);
      return Optional.empty();
    }
  }

  /**
   * Decodes the options in force.
   *
   * @param options as the kernel prints them
   * @param fresh whether the kernel's defaults, which it does not print, are read again; otherwise
   *     cached ones may be used
   * @return the options; {@code override_creds}, which is not printed, is off
   */
  public static OverlayOptions decodeOptions(String options, boolean fresh) {
    OverlayOptions decoded =
        fresh ? OverlayDefaults.readDefaults() : OverlayDefaults.rememberedDefaults();
    for (OptionString.PrintedOption option : OptionString.parse(options)) {
      boolean on = option.valueText().equals("on");
      decoded =
          switch (option.optionName()) {
            case "index" -> decoded.withIndex(on);
            case "nfs_export" -> decoded.withNfsExport(on);
            case "metacopy" -> decoded.withMetacopy(on);
            case "redirect_dir" -> decoded.withRedirectDir(constantOf(RedirectDir.class, option));
            case "xino" -> decoded.withXino(constantOf(Xino.class, option));
            case "uuid" -> decoded.withUuid(constantOf(UuidMode.class, option));
            case "verity" -> decoded.withVerity(constantOf(Verity.class, option));
            case "userxattr" -> decoded.withUserXattr(true);
            case "volatile" -> decoded.withVolatileUpper(true);
            // Newer kernels print this form, since they have more modes of syncing.
            case "fsync" -> decoded.withVolatileUpper(option.valueText().equals("volatile"));
            default -> decoded;
          };
    }
    return decoded;
  }

  /**
   * Counts the layers of a mount.
   *
   * @param options as the kernel prints them
   * @return lowers, data-only lowers and uppers, in this order
   */
  public static List<Integer> countLayers(String options) {
    int[] counts = new int[3];
    for (OptionString.PrintedOption option : OptionString.parse(options)) {
      switch (option.optionName()) {
        case "lowerdir" ->
            decodeLowers(option.valueBytes(), lower -> counts[0]++, lower -> counts[1]++);
        case "lowerdir+" -> counts[0]++;
        case "datadir+" -> counts[1]++;
        case "upperdir" -> counts[2]++;
        default -> {}
      }
    }
    return List.of(counts[0], counts[1], counts[2]);
  }

  private static <E extends Enum<E>> E constantOf(
      Class<E> type, OptionString.PrintedOption option) {
    return Enum.valueOf(type, option.valueText().toUpperCase(Locale.ROOT));
  }

  /** Decodes a list of lowers; those after an empty part, that is two colons, are data-only. */
  static void decodeLowers(byte[] list, Consumer<byte[]> lower, Consumer<byte[]> dataLower) {
    Consumer<byte[]> layer = lower;
    for (byte[] part : OptionString.splitAtColons(list)) {
      if (part.length == 0) {
        layer = dataLower;
      } else {
        layer.accept(OptionString.unescapeValue(part));
      }
    }
  }

  /**
   * Returns the path that a printed layer means. Only an upper or work directory with a backslash
   * is ambiguous; then the path that exists is taken.
   *
   * @param layer the printed layer
   * @return the path, relative if the printed one is
   */
  public static Path pathOf(PrintedLayer layer) {
    Path raw = pathOf(layer.readings().get(0));
    return layer.readings().size() == 1 || Files.exists(raw)
        ? raw
        : pathOf(layer.readings().get(1));
  }

  private static Path pathOf(String reading) {
    byte[] bytes = reading.getBytes(StandardCharsets.ISO_8859_1);
    return reading.startsWith("/")
        ? PathBytes.toPath(bytes)
        : Path.of(OptionString.decodeUtf8(bytes));
  }
}
