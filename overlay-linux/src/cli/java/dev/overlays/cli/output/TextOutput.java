package dev.overlays.cli.output;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Prints text: results to standard output, and problems to standard error. */
public final class TextOutput implements CommandOutput {
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes an output.
   *
   * @param out for results
   * @param err for problems
   */
  public TextOutput(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public void printResult(Object text, JsonFields fields) throws IOException {
    out.println(text);
    checkWritten();
  }

  @Override
  public <T> long printAll(String name, Stream<T> elements, ElementForm<T> form)
      throws IOException {
    long count = 0;
    for (Iterator<T> each = elements.iterator(); each.hasNext(); count++) {
      out.println(each.next());
      checkWritten();
    }
    return count;
  }

  /** A reader that has gone, such as head(1), ends the command. */
  private void checkWritten() throws IOException {
    if (out.checkError()) {
      throw new OutputClosedException();
    }
  }

  @Override
  public void printRemark(String text) {
    err.println(text);
  }

  @Override
  public void printProblems(List<ReportedProblem> problems) {
    problems.forEach(err::println);
  }

  @Override
  public void endOutput() throws IOException {
    checkWritten();
  }
}
