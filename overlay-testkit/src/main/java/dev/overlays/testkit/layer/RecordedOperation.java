package dev.overlays.testkit.layer;

/**
 * An operation that {@link OperationFaults} has recorded.
 *
 * @param operation the kind of operation
 * @param path the path of the entry, to show to people; {@code old -> new} for a move or a hard
 *     link
 */
public record RecordedOperation(FileOperation operation, String path) {

  /** Returns one line, such as {@code RENAME /a -> /b}. */
  @Override
  public String toString() {
    return operation + " " + path;
  }
}
