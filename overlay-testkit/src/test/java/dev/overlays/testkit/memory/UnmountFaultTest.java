package dev.overlays.testkit.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.fault.FaultyFileSystem;
import dev.overlays.testkit.layer.FaultKind;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A view whose layers cannot be closed properly. */
class UnmountFaultTest {

  @Test
  void viewIsGoneAndItsLayersAreFreeAfterAFailedUnmount() throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      FaultyFileSystem files = FaultyFileSystem.over(memory);
      OverlaySpec spec =
          OverlaySpec.builder()
              .lower(Files.createDirectory(files.getPath("/lower")))
              .instance(files.getPath("/instance"))
              .build();
      OverlayMount mount = Overlays.mount(spec);
      Files.writeString(mount.root().resolve("new"), "new");
      files.faults().failAt(files.faults().changeCount() + 1, FaultKind.INJECTED);
      OverlayException e = assertThrows(OverlayException.class, mount::close);
      assertTrue(e.has(ProblemCode.UNMOUNT_REFUSED), e::toString);
      assertFalse(mount.isMounted());
      try (OverlayMount again = Overlays.mount(spec)) {
        assertEquals("new", Files.readString(again.root().resolve("new")));
      }
    }
  }
}
