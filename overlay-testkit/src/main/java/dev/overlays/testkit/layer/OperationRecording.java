package dev.overlays.testkit.layer;

import java.util.ArrayList;
import java.util.List;

/** The operations that were made since recording was started. */
final class OperationRecording {
  private final List<RecordedOperation> operations = new ArrayList<>();
  private volatile boolean on;

  void startRecording() {
    on = true;
  }

  boolean isOn() {
    return on;
  }

  void addOperation(FileOperation operation, String path) {
    if (on) {
      synchronized (this) {
        operations.add(new RecordedOperation(operation, path));
      }
    }
  }

  synchronized List<RecordedOperation> recordedOperations() {
    return List.copyOf(operations);
  }
}
