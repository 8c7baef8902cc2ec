package dev.overlays.testkit.layer;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link LayerStore} promises, for the author of one: extend it, say how a store and an
 * empty directory come about, and what the file system below cannot do.
 *
 * <p>The attributes used are {@code user.*}, which every process may set.
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
  protected abstract LayerStore store();

  /**
   * Makes an empty directory that the store serves. All of one test are on the same file system.
   *
   * @return where it is
   * @throws IOException if it cannot be made
   */
  protected abstract Path newRoot() throws IOException;

  /**
   * Called after each test, when all handles are closed.
   *
   * @throws IOException if what {@link #newRoot()} has made cannot be removed
   */
  protected void removeRoot() throws IOException {}

  /**
   * Tells whether extended attributes can have names that are not ASCII.
   *
   * @return true, unless overridden
   */
  protected boolean anyXattrNames() {
    return true;
  }

  /**
   * Tells whether entries can have names that are not UTF-8.
   *
   * @return true, unless overridden
   */
  protected boolean anyNameBytes() {
    return true;
  }

  /**
   * Tells whether this process may give entries to other users, and set all twelve mode bits.
   *
   * @return true, unless overridden
   */
  protected boolean owners() {
    return true;
  }

  /**
   * Tells whether this process may make device nodes other than whiteouts.
   *
   * @return true, unless overridden
   */
  protected boolean devices() {
    return true;
  }

  /**
   * Tells whether a symbolic link can have two names.
   *
   * @return true, unless overridden
   */
  protected boolean linkedSymlinks() {
    return true;
  }

  /**
   * Tells whether the number of an inode's names is known.
   *
   * @return true, unless overridden
   */
  protected boolean linkCounts() {
    return true;
  }

  /**
   * Tells whether a symbolic link keeps its times to the nanosecond, and times before 1970 are
   * kept.
   *
   * @return true, unless overridden
   */
  protected boolean allTimes() {
    return true;
  }

  /**
   * Tells whether the target of a symbolic link is kept to the byte, even {@code a//b/}.
   *
   * @return true, unless overridden
   */
  protected boolean anySymlinkTarget() {
    return true;
  }

  /**
   * Tells whether this process may set the attributes {@code i} and {@code a} of chattr(1).
   *
   * @return true, unless overridden
   */
  protected boolean protection() {
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
    store = store();
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
  final LayerStore opened() {
    return store;
  }

  /** The root of this test, opened. */
  final LayerDirectory root() {
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

  /** What is made, of every kind. */
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

  /** Which names are one inode. */
  @Nested
  final class OfInodes extends InodePromises {
    OfInodes() {
      super(LayerStoreContract.this);
    }
  }

  /** Moves, and what they replace. */
  @Nested
  final class OfRenames extends RenamePromises {
    OfRenames() {
      super(LayerStoreContract.this);
    }
  }

  /** What goes, and what does not. */
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

  /** What is closed, also while it is used. */
  @Nested
  final class OfClosing extends ClosingPromises {
    OfClosing() {
      super(LayerStoreContract.this);
    }
  }

  /** Who has the layers. */
  @Nested
  final class OfClaims extends ClaimPromises {
    OfClaims() {
      super(LayerStoreContract.this);
    }
  }
}
