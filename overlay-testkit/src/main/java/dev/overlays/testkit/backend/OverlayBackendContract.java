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
  void openSandbox() throws IOException {
    sandbox = new ContractSandbox(backend());
  }

  /**
   * Checks that no lower has changed and nothing is left mounted.
   *
   * @throws IOException if the sandbox cannot be cleaned up
   */
  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private ContractSandbox usableSandbox() {
    Optional<Problem> reason = sandbox.backend().whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "the backend cannot be used here: " + reason.orElseThrow());
    return sandbox;
  }

  /** 1. */
  @Nested
  @DisplayName("1 Identity")
  final class BackendIdentity extends IdentityPromises {
    BackendIdentity() {
      super(() -> sandbox);
    }
  }

  /** 2. */
  @Nested
  @DisplayName("2 Reading a view")
  final class ViewReading extends ReadingPromises {
    ViewReading() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 3. */
  @Nested
  @DisplayName("3 Changing a view")
  final class ViewChanging extends ChangingPromises {
    ViewChanging() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 4. */
  @Nested
  @DisplayName("4 Metadata")
  final class MetadataKept extends MetadataPromises {
    MetadataKept() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 5. */
  @Nested
  @DisplayName("5 Names and sizes")
  final class NamesAndSizes extends NamePromises {
    NamesAndSizes() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 6. */
  @Nested
  @DisplayName("6 Layers")
  final class LayersKept extends LayerPromises {
    LayersKept() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 7. */
  @Nested
  @DisplayName("7 The life of a mount")
  final class MountLife extends LifePromises {
    MountLife() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 8. */
  @Nested
  @DisplayName("8 A view in use")
  final class BusyView extends BusyPromises {
    BusyView() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 9. */
  @Nested
  @DisplayName("9 Refusals")
  final class SpecRefusals extends RefusalPromises {
    SpecRefusals() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 10. */
  @Nested
  @DisplayName("10 Options")
  final class SpecOptions extends OptionPromises {
    SpecOptions() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 11. */
  @Nested
  @DisplayName("11 Private paths")
  final class PrivatePathsHidden extends PrivatePathPromises {
    PrivatePathsHidden() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 12. */
  @Nested
  @DisplayName("12 Merging")
  final class MergesKeptApart extends MergingPromises {
    MergesKeptApart() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 13. */
  @Nested
  @DisplayName("13 Ephemeral views")
  final class EphemeralViews extends EphemeralPromises {
    EphemeralViews() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }

  /** 14. */
  @Nested
  @DisplayName("14 A mounted view")
  final class MountedView extends MountedPromises {
    MountedView() {
      super(OverlayBackendContract.this::usableSandbox);
    }
  }
}
