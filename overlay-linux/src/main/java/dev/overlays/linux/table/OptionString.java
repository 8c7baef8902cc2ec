package dev.overlays.linux.table;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a mount as the kernel prints them: separated by commas, with white space, commas
 * and backslashes of values as octal numbers ({@code \040}). Source: seq_show_option and mangle in
 * the kernel's include/linux/seq_file.h and fs/seq_file.c. Characters stand for bytes here.
 */
public final class OptionString {

  /** One option: its name, and its value's bytes, none for a flag. */
  static final class StringOption {
    private final String key;
    private final byte[] value;

    private StringOption(String key, byte[] value) {
      this.key = key;
      this.value = value;
    }

    String optionName() {
      return key;
    }

    byte[] valueBytes() {
      return value;
    }

    String valueText() {
      return new String(value, StandardCharsets.ISO_8859_1);
    }
  }

  private OptionString() {}

  static List<StringOption> parse(String options) {
    List<StringOption> parsed = new ArrayList<>();
    for (String option : options.split(",", -1)) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      String value = equals < 0 ? "" : option.substring(equals + 1);
      parsed.add(new StringOption(key, decodeOctal(value)));
    }
    return parsed;
  }

  /**
   * Takes octal numbers for the bytes that they stand for.
   *
   * @param text one field of a mount table or of fstab; characters stand for bytes
   * @return the bytes
   */
  public static byte[] decodeOctal(String text) {
    if (text.indexOf('\\') < 0) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && isOctal(text, i + 1)) {
        bytes.write(Integer.parseInt(text, i + 1, i + 4, 8));
        i += 3;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  static String decodeText(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean isOctal(String text, int start) {
    if (start + 3 > text.length()) {
      return false;
    }
    for (int i = start; i < start + 3; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '7') {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes the backslashes off that the overlay's own parser wants before some characters.
   *
   * @param value as it is given to the kernel
   * @return the bytes that it stands for
   */
  public static byte[] unescapeValue(byte[] value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length);
    for (int i = 0; i < value.length; i++) {
      if (value[i] == '\\' && i + 1 < value.length) {
        i++;
      }
      bytes.write(value[i]);
    }
    return bytes.toByteArray();
  }

  /**
   * Splits at colons without a backslash before them; two in a row leave an empty part.
   *
   * @param value a list of lowers, as it is given to the kernel
   * @return the parts, still with their backslashes
   */
  public static List<byte[]> splitAtColons(byte[] value) {
    List<byte[]> parts = new ArrayList<>();
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    for (int i = 0; i < value.length; i++) {
      if (value[i] == '\\' && i + 1 < value.length) {
        part.write(value[i++]);
        part.write(value[i]);
      } else if (value[i] == ':') {
        parts.add(part.toByteArray());
        part.reset();
      } else {
        part.write(value[i]);
      }
    }
    parts.add(part.toByteArray());
    return parts;
  }
}
