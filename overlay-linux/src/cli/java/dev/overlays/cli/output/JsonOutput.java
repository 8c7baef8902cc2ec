package dev.overlays.cli.output;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints one object of JSON to standard output: the fields of all results, and at the end the field
 * {@code problems}, which is empty if all went well. Problems are told to people on standard error,
 * too.
 */
public final class JsonOutput implements CommandOutput {
  private final PrintStream out;
  private final JsonWriter json;
  private final PrintStream err;
  private final List<ReportedProblem> problems = new ArrayList<>();

  /**
   * Begins the object.
   *
   * @param out for the object
   * @param err for people
   * @throws IOException if it cannot be written
   */
  public JsonOutput(PrintStream out, PrintStream err) throws IOException {
    this.out = out;
    this.err = err;
    json = new JsonWriter(new PrintWriter(out, false, StandardCharsets.UTF_8));
    json.beginObject();
  }

  @Override
  public void printResult(Object text, JsonFields fields) throws IOException {
    fields.writeTo(json);
  }

  @Override
  public <T> long printAll(String name, Stream<T> elements, ElementForm<T> form)
      throws IOException {
    long count = 0;
    json.name(name).beginArray();
    try {
      for (Iterator<T> each = elements.iterator(); each.hasNext(); count++) {
        JsonFields fields = form.fieldsOf(each.next());
        json.beginObject();
        fields.writeTo(json);
        json.endObject();
      }
    } finally {
      json.endArray();
    }
    return count;
  }

  @Override
  public void printRemark(String text) {
    // A program finds all in the fields.
  }

  @Override
  public void printProblems(List<ReportedProblem> more) {
    problems.addAll(more);
    more.forEach(err::println);
  }

  @Override
  public void endOutput() throws IOException {
    ReportFields.writeProblems(json, "problems", problems);
    json.endObject();
    json.flush();
    out.println();
    if (out.checkError()) {
      throw new OutputClosedException();
    }
  }
}
