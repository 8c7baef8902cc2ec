package dev.overlays.testkit.layer;

/**
 * An operation that {@link OperationFaults} have kept.
 *
 * @param operation its kind
 * @param path the path of the entry for people; of a move or a new name {@code old -> new}
 */
public record RecordedOperation(FileOperation operation, String path) {

  /** Returns it as one line, {@code RENAME /a -> /b}. */
  @Override
  public String toString() {
    return operation + " " + path;
  }
}
