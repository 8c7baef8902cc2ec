package dev.overlays.cli.output;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Where a command prints its result. */
public interface CommandOutput {

  /**
   * Prints a result.
   *
   * @param text for people
   * @param fields for programs; the names of all results of a command differ
   * @throws IOException if it cannot be written
   */
  void printResult(Object text, JsonFields fields) throws IOException;

  /**
   * Prints elements as they come.
   *
   * @param name the field that holds them
   * @param elements the elements
   * @param form what is printed of one
   * @param <T> the type of the elements
   * @return how many there were
   * @throws IOException if they cannot be written
   */
  <T> long printAll(String name, Stream<T> elements, ElementForm<T> form) throws IOException;

  /**
   * Prints a remark for people, which programs do not need.
   *
   * @param text a line
   */
  void printRemark(String text);

  /**
   * Prints what was found or has failed.
   *
   * @param problems the problems, the most important first
   */
  void printProblems(List<ReportedProblem> problems);

  /**
   * Ends the output. Nothing is printed afterwards.
   *
   * @throws IOException if it cannot be written
   */
  void endOutput() throws IOException;

  /**
   * What is printed of one element.
   *
   * @param <T> the type of the elements
   */
  @FunctionalInterface
  interface ElementForm<T> {

    /**
     * Returns the fields of an element, whose text is its {@code toString}.
     *
     * @param element the element
     * @return its fields
     */
    JsonFields fieldsOf(T element);
  }
}
