package dev.overlays.linux.table;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer of an overlay mount as the kernel prints it: by the path that the mount was given, even
 * if that is relative or no longer valid.
 *
 * @param kind the role of the layer in the mount
 * @param readings the possible meanings of the printed path, one byte per character: an upper or
 *     work directory may be printed escaped or raw
 */
public record PrintedLayer(PrintedKind kind, List<String> readings) {

  /** The role of a layer in a mount. */
  public enum PrintedKind {
    LOWER,
    DATA_LOWER,
    UPPER,
    WORK
  }

  /**
   * Parses the layers of a mount.
   *
   * @param options the options as the kernel prints them
   * @return the layers in the order of the options
   */
  public static List<PrintedLayer> of(String options) {
    List<PrintedLayer> layers = new ArrayList<>();
    for (OptionString.PrintedOption option : OptionString.parse(options)) {
      switch (option.optionName()) {
        case "lowerdir" ->
            SpecDecoder.decodeLowers(
                option.valueBytes(),
                lower -> layers.add(lowerLayer(PrintedKind.LOWER, lower)),
                lower -> layers.add(lowerLayer(PrintedKind.DATA_LOWER, lower)));
        case "lowerdir+" -> layers.add(lowerLayer(PrintedKind.LOWER, option.valueBytes()));
        case "datadir+" -> layers.add(lowerLayer(PrintedKind.DATA_LOWER, option.valueBytes()));
        case "upperdir" -> layers.add(writtenLayer(PrintedKind.UPPER, option.valueBytes()));
        case "workdir" -> layers.add(writtenLayer(PrintedKind.WORK, option.valueBytes()));
        default -> {}
      }
    }
    return layers;
  }

  private static PrintedLayer lowerLayer(PrintedKind kind, byte[] path) {
    return new PrintedLayer(kind, List.of(textOf(path)));
  }

  private static PrintedLayer writtenLayer(PrintedKind kind, byte[] path) {
    String raw = textOf(path);
    String plain = textOf(OptionString.unescapeValue(path));
    return new PrintedLayer(kind, raw.equals(plain) ? List.of(raw) : List.of(raw, plain));
  }

  private static String textOf(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns whether the path is relative, to a directory that the kernel does not print.
   *
   * @return whether it does not begin with a slash
   */
  public boolean isRelative() {
    return !readings.get(0).startsWith("/");
  }

  /**
   * Returns whether the path does not identify the layer: it names a descriptor of a process, or it
   * is {@code /}, the root of an unattached mount. A layer that is the root directory of the
   * machine is printed as {@code /}, too.
   *
   * @return whether the layer has to be identified in another way
   */
  public boolean isNameless() {
    String path = readings.get(0);
    return path.equals("/") || path.startsWith("/proc/") || path.startsWith("/dev/fd/");
  }

  /**
   * Returns the path for messages.
   *
   * @return the printed path
   */
  public String layerText() {
    return new String(
        readings.get(0).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
