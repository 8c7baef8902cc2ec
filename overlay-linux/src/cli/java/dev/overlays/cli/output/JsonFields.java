package dev.overlays.cli.output;

import java.io.IOException;

/** Writes fields into an object of JSON. */
@FunctionalInterface
public interface JsonFields {

  /**
   * Writes the fields.
   *
   * @param json inside an object
   * @throws IOException if the output cannot be written
   */
  void writeTo(JsonWriter json) throws IOException;
}
