package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.Problem;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * The promises of every {@link dev.overlays.OverlayBackend}, as tests. To test your backend, extend
 * this class and return the backend, a directory for its layers, and its capabilities.
 *
 * <pre>{@code
 * class MyBackendTest extends OverlayBackendContract {
 *   @TempDir Path directory;
 *
 *   @Override
 *   protected BackendUnderTest backend() {
 *     return BackendUnderTest.of(new MyBackend(), directory).with(Capability.USER_MARKS);
 *   }
 * }
 * }</pre>
 *
 * <p>{@code CONTRACT.md}, beside this class in the jar, describes the promises; the name of each
 * test begins with the number of its promise. The tests use views through {@code java.nio.file} on
 * the root of the mount, and layers by their own paths or by the layer store that serves them.
 * After every test, no lower may have changed and nothing may be left mounted; before every mount,
 * the backend's check must report no problem.
 */
public abstract class OverlayBackendContract {
  private ContractSandbox sandbox;

  /** For subclasses. */
  protected OverlayBackendContract() {}

  /**
   * Makes a backend and an empty directory. Called before each test.
   *
   * @return the backend, its directory and its capabilities
   * @throws IOException if the directory cannot be made
   */
  protected abstract BackendUnderTest backend() throws IOException;

  /**
   * Makes the sandbox of a test.
   *
   * @throws IOException if the directory cannot be made
   */
  @BeforeEach
  void open() throws IOException {
    sandbox = new ContractSandbox(backend());
  }

  /**
   * Checks that no lower has changed and nothing is left mounted.
   *
   * @throws IOException if the sandbox cannot be cleaned up
   */
  @AfterEach
  void close() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private ContractSandbox usable() {
    Optional<Problem> reason = sandbox.backend().unavailable();
    assumeTrue(reason.isEmpty(), () -> "the backend cannot be used here: " + reason.orElseThrow());
    return sandbox;
  }

  /** 1. */
  @Nested
  @DisplayName("1 Identity")
  final class Identity extends IdentityPromises {
    Identity() {
      super(() -> sandbox);
    }
  }

  /** 2. */
  @Nested
  @DisplayName("2 Reading a view")
  final class Reading extends ReadingPromises {
    Reading() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 3. */
  @Nested
  @DisplayName("3 Changing a view")
  final class Changing extends ChangingPromises {
    Changing() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 4. */
  @Nested
  @DisplayName("4 Metadata")
  final class Metadata extends MetadataPromises {
    Metadata() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 5. */
  @Nested
  @DisplayName("5 Names and sizes")
  final class Names extends NamePromises {
    Names() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 6. */
  @Nested
  @DisplayName("6 Layers")
  final class LayersKept extends LayerPromises {
    LayersKept() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 7. */
  @Nested
  @DisplayName("7 The life of a mount")
  final class Life extends LifePromises {
    Life() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 8. */
  @Nested
  @DisplayName("8 A view in use")
  final class Busy extends BusyPromises {
    Busy() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 9. */
  @Nested
  @DisplayName("9 Refusals")
  final class Refusals extends RefusalPromises {
    Refusals() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 10. */
  @Nested
  @DisplayName("10 Options")
  final class Options extends OptionPromises {
    Options() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 11. */
  @Nested
  @DisplayName("11 Private paths")
  final class PrivatePathsHidden extends PrivatePathPromises {
    PrivatePathsHidden() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 12. */
  @Nested
  @DisplayName("12 Merging")
  final class Merging extends MergingPromises {
    Merging() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 13. */
  @Nested
  @DisplayName("13 Ephemeral views")
  final class EphemeralViews extends EphemeralPromises {
    EphemeralViews() {
      super(OverlayBackendContract.this::usable);
    }
  }

  /** 14. */
  @Nested
  @DisplayName("14 A mounted view")
  final class Mounted extends MountedPromises {
    Mounted() {
      super(OverlayBackendContract.this::usable);
    }
  }
}
