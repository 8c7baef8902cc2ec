package dev.overlays.linux.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options as the kernel prints them. */
class OptionStringTest {
  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void separatesOptionsAndValues() {
    List<OptionString.StringOption> options =
        OptionString.parse("rw,lowerdir=/a=b,userxattr,xino=off");
    assertEquals(
        List.of("rw", "lowerdir", "userxattr", "xino"),
        options.stream().map(OptionString.StringOption::optionName).toList());
    assertEquals(
        List.of("", "/a=b", "", "off"),
        options.stream().map(OptionString.StringOption::valueText).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "a\\040b, 'a b'",
    "a\\054b, 'a,b'",
    "a\\134b, a\\b",
    "a\\134040b, a\\040b",
    "a\\08b, a\\08b",
    "a\\, a\\",
    "a\\04, a\\04",
    "\\101\\102, AB"
  })
  void decodesOctalNumbers(String printed, String meant) {
    assertEquals(meant, text(OptionString.decodeOctal(printed)));
  }

  @Test
  void keepsBytesThatAreNoCharacters() {
    String umlaut = new String("\u00fc".getBytes(UTF_8), ISO_8859_1);
    assertEquals("\u00fc", OptionString.decodeText(OptionString.decodeOctal(umlaut)));
    assertEquals("\u00ff", text(OptionString.decodeOctal("\u00ff")));
  }

  @ParameterizedTest
  @CsvSource({"plain, plain", "a\\:b, a:b", "a\\\\b, a\\b", "a\\, a\\", "\\\\\\:, '\\:'"})
  void takesBackslashesOff(String escaped, String meant) {
    assertEquals(meant, text(OptionString.unescapeValue(escaped.getBytes(ISO_8859_1))));
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a:/b, /a|/b",
    "/a::/b, /a||/b",
    "/a\\:b:/c, /a\\:b|/c",
    "/a\\\\:/b, /a\\\\|/b"
  })
  void splitsAtColonsThatAreNotEscaped(String list, String parts) {
    assertEquals(
        parts,
        String.join(
            "|",
            OptionString.splitAtColons(list.getBytes(ISO_8859_1)).stream()
                .map(OptionStringTest::text)
                .toList()));
  }
}
