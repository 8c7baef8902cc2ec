package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Maps the options with which a file is opened to operations. */
final class OpenOperation {
  private OpenOperation() {}

  static FileOperation ofOptions(Set<? extends OpenOption> options) {
    boolean writing =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    boolean creating =
        options.contains(StandardOpenOption.CREATE)
            || options.contains(StandardOpenOption.CREATE_NEW);
    if (!writing) {
      return FileOperation.OPEN;
    }
    return creating ? FileOperation.CREATE_FILE : FileOperation.OPEN_FOR_WRITING;
  }
}
