package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Marks of root in the hands of an ordinary user. */
class UserMarksTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
  }

  @TestFactory
  List<DynamicTest> marks() throws IOException {
    Path place = OrdinaryUser.giveToUser(sandbox.mountTmpfs("tmpfs"));
    return OrdinaryUser.runTests(
        place, Map.of("overlays.place", place.toString()), MarksOfAUser.class);
  }
}
