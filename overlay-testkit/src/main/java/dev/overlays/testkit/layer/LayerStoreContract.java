package dev.overlays.testkit.layer;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The tests that every {@link LayerStore} has to pass. The author of a store extends this class,
 * creates a store and empty directories, and overrides the methods that tell what the file system
 * cannot do.
 *
 * <p>The tests use attributes in {@code user.*}, which every process may set.
 */
public abstract class LayerStoreContract {

  private LayerStore store;
  private Path rootPath;
  private LayerDirectory root;

  /** For subclasses. */
  protected LayerStoreContract() {}

  /**
   * Returns the store to be tested.
   *
   * @return the store
   */
  protected abstract LayerStore testedStore();

  /**
   * Creates an empty directory that the store serves. All directories of one test are on the same
   * file system.
   *
   * @return its path
   * @throws IOException if it cannot be created
   */
  protected abstract Path newRoot() throws IOException;

  /**
   * Removes what {@link #newRoot()} has created. Called after each test, when all handles are
   * closed.
   *
   * @throws IOException if it cannot be removed
   */
  protected void removeRoot() throws IOException {}

  /**
   * Tells whether extended attributes can have names that are not ASCII.
   *
   * @return true, unless overridden
   */
  protected boolean takesAnyXattrName() {
    return true;
  }

  /**
   * Tells whether entries can have names that are not UTF-8.
   *
   * @return true, unless overridden
   */
  protected boolean takesAnyNameBytes() {
    return true;
  }

  /**
   * Tells whether this process may set any owner and all twelve mode bits.
   *
   * @return true, unless overridden
   */
  protected boolean maySetOwners() {
    return true;
  }

  /**
   * Tells whether this process may create device nodes other than whiteouts.
   *
   * @return true, unless overridden
   */
  protected boolean mayCreateDevices() {
    return true;
  }

  /**
   * Tells whether a symbolic link can have a second hard link.
   *
   * @return true, unless overridden
   */
  protected boolean linksSymlinks() {
    return true;
  }

  /**
   * Tells whether the store knows link counts.
   *
   * @return true, unless overridden
   */
  protected boolean countsLinks() {
    return true;
  }

  /**
   * Tells whether symbolic links keep times to the nanosecond, and all entries times before 1970.
   *
   * @return true, unless overridden
   */
  protected boolean keepsAllTimes() {
    return true;
  }

  /**
   * Tells whether symbolic links keep their target byte for byte, even {@code a//b/}.
   *
   * @return true, unless overridden
   */
  protected boolean keepsAnySymlinkTarget() {
    return true;
  }

  /**
   * Tells whether this process may set the attributes {@code i} and {@code a} of chattr(1).
   *
   * @return true, unless overridden
   */
  protected boolean maySetProtection() {
    return true;
  }

  /**
   * Tells whether {@link LayerStore#of} may choose the store for these directories.
   *
   * @return true, unless overridden
   */
  protected boolean mayBeChosen() {
    return true;
  }

  /**
   * Opens the root.
   *
   * @throws IOException if it cannot be opened
   */
  @BeforeEach
  void openRoot() throws IOException {
    store = testedStore();
    rootPath = newRoot();
    root = store.open(rootPath);
  }

  @AfterEach
  void closeRoot() throws IOException {
    if (root != null) {
      root.close();
      removeRoot();
    }
  }

  /** The store of this test. */
  final LayerStore openedStore() {
    return store;
  }

  /** The root of this test, opened. */
  final LayerDirectory rootDirectory() {
    return root;
  }

  final Path rootPath() {
    return rootPath;
  }

  /** Opening roots and directories. */
  @Nested
  final class OfRoots extends RootPromises {
    OfRoots() {
      super(LayerStoreContract.this);
    }
  }

  /** Listings, and the names in them. */
  @Nested
  final class OfListings extends ListingPromises {
    OfListings() {
      super(LayerStoreContract.this);
    }
  }

  /** Creating entries of every type. */
  @Nested
  final class OfCreation extends CreationPromises {
    OfCreation() {
      super(LayerStoreContract.this);
    }
  }

  /** The content of files, by streams, channels and copies. */
  @Nested
  final class OfContent extends ContentPromises {
    OfContent() {
      super(LayerStoreContract.this);
    }
  }

  /** Inodes and their names. */
  @Nested
  final class OfInodes extends InodePromises {
    OfInodes() {
      super(LayerStoreContract.this);
    }
  }

  /** Renames, and what they replace. */
  @Nested
  final class OfRenames extends RenamePromises {
    OfRenames() {
      super(LayerStoreContract.this);
    }
  }

  /** Removing entries. */
  @Nested
  final class OfRemoval extends RemovalPromises {
    OfRemoval() {
      super(LayerStoreContract.this);
    }
  }

  /** Modes, owners, times and protection. */
  @Nested
  final class OfAttributes extends AttributePromises {
    OfAttributes() {
      super(LayerStoreContract.this);
    }
  }

  /** Extended attributes. */
  @Nested
  final class OfXattrs extends XattrPromises {
    OfXattrs() {
      super(LayerStoreContract.this);
    }
  }

  /** Closing handles, even while they are used. */
  @Nested
  final class OfClosing extends ClosingPromises {
    OfClosing() {
      super(LayerStoreContract.this);
    }
  }

  /** Claims and holds of layers. */
  @Nested
  final class OfClaims extends ClaimPromises {
    OfClaims() {
      super(LayerStoreContract.this);
    }
  }
}
