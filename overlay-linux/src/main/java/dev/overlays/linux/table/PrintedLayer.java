package dev.overlays.linux.table;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer of an overlay mount as the kernel prints it: by the path that it was given by, relative
 * ones and dead ones included.
 *
 * @param kind what the mount uses it for
 * @param readings the paths that may be meant, of which each character stands for a byte: an upper
 *     or work directory is printed escaped or raw
 */
public record PrintedLayer(PrintedKind kind, List<String> readings) {

  /** What a layer is to a mount. */
  public enum PrintedKind {
    LOWER,
    DATA_LOWER,
    UPPER,
    WORK
  }

  /**
   * Reads the layers of a mount.
   *
   * @param options as the kernel prints them
   * @return the layers in the order of the options
   */
  public static List<PrintedLayer> of(String options) {
    List<PrintedLayer> layers = new ArrayList<>();
    for (OptionString.StringOption option : OptionString.parse(options)) {
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
    return new PrintedLayer(kind, List.of(layerText(path)));
  }

  private static PrintedLayer writtenLayer(PrintedKind kind, byte[] path) {
    String raw = layerText(path);
    String plain = layerText(OptionString.unescapeValue(path));
    return new PrintedLayer(kind, raw.equals(plain) ? List.of(raw) : List.of(raw, plain));
  }

  private static String layerText(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * Tells whether the path was relative to a directory that the kernel does not tell.
   *
   * @return whether it does not begin with a slash
   */
  public boolean isRelative() {
    return !readings.get(0).startsWith("/");
  }

  /**
   * Tells whether the path says nothing of where the layer is: it goes by a descriptor of a
   * process, or is the root of a tree that was attached nowhere. A layer that is the root of the
   * machine is printed like the latter.
   *
   * @return whether it has to be told otherwise
   */
  public boolean isNameless() {
    String path = readings.get(0);
    return path.equals("/") || path.startsWith("/proc/") || path.startsWith("/dev/fd/");
  }

  /**
   * Returns the path for messages.
   *
   * @return as it is printed
   */
  public String layerText() {
    return new String(
        readings.get(0).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
