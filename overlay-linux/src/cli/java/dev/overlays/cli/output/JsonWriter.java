package dev.overlays.cli.output;

import java.io.Writer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** Writes JSON with an indent of two spaces, a field a line. */
public final class JsonWriter {
  private static final PrettyPrinter LAYOUT =
      new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                  .withObjectEmptySeparator("")
                  .withArrayEmptySeparator("")
                  .withRootSeparator(""))
          .withObjectIndenter(new DefaultIndenter("  ", "\n"))
          .withArrayIndenter(new DefaultIndenter("  ", "\n"));

  private final JsonGenerator generator;

  /** What JavaScript takes for the end of a line is escaped, too. */
  private static final class LineEndEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final char LINE_SEPARATOR = '\u2028';
    private static final char PARAGRAPH_SEPARATOR = '\u2029';

    @Override
    public int[] getEscapeCodesForAscii() {
      return standardAsciiEscapesForJSON();
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR
          ? new SerializedString(String.format("\\u%04x", character))
          : null;
    }
  }

  JsonWriter(Writer out) {
    generator =
        JsonFactory.builder()
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .characterEscapes(new LineEndEscapes())
            .build()
            .createGenerator(
                new ObjectWriteContext.Base() {
                  @Override
                  public PrettyPrinter getPrettyPrinter() {
                    return LAYOUT;
                  }
                },
                out);
  }

  /**
   * Begins a field.
   *
   * @param name its name
   * @return this writer, for the value
   */
  public JsonWriter name(String name) {
    generator.writeName(name);
    return this;
  }

  /**
   * Writes a text.
   *
   * @param text the value; null for the value {@code null}
   * @return this writer
   */
  public JsonWriter value(String text) {
    generator.writeString(text);
    return this;
  }

  /**
   * Writes a number.
   *
   * @param number the value
   * @return this writer
   */
  public JsonWriter value(long number) {
    generator.writeNumber(number);
    return this;
  }

  /**
   * Writes a number.
   *
   * @param number the value
   * @return this writer
   */
  public JsonWriter value(double number) {
    generator.writeNumber(Double.toString(number));
    return this;
  }

  /**
   * Writes true or false.
   *
   * @param truth the value
   * @return this writer
   */
  public JsonWriter value(boolean truth) {
    generator.writeBoolean(truth);
    return this;
  }

  /**
   * Begins an object.
   *
   * @return this writer
   */
  public JsonWriter beginObject() {
    generator.writeStartObject();
    return this;
  }

  /**
   * Ends an object.
   *
   * @return this writer
   */
  public JsonWriter endObject() {
    generator.writeEndObject();
    return this;
  }

  /**
   * Begins an array.
   *
   * @return this writer
   */
  public JsonWriter beginArray() {
    generator.writeStartArray();
    return this;
  }

  /**
   * Ends an array.
   *
   * @return this writer
   */
  public JsonWriter endArray() {
    generator.writeEndArray();
    return this;
  }

  void flush() {
    generator.flush();
  }
}
