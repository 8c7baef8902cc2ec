package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A store that asks the disk only once for a listing, and for the state and the names of the
 * attributes of each listed entry, however many walks go through its layers. What it tells is as
 * old as the first question, so it is for one report.
 */
public final class RememberingStore extends ForwardingLayerStore {
  /** An entry takes about 400 bytes, so this is at most a fifth of the memory. */
  private static final int BYTES_PER_ENTRY = 2048;

  private static final int MOST_ENTRIES = 300_000;

  private final DirectoryMemory memory;

  private RememberingStore(LayerStore store, DirectoryMemory memory) {
    super(store);
    this.memory = memory;
  }

  /** Returns what makes stores remember. All that it makes have one memory of limited size. */
  public static UnaryOperator<LayerStore> withNewMemory() {
    long most = Math.min(MOST_ENTRIES, Runtime.getRuntime().maxMemory() / BYTES_PER_ENTRY);
    return withNewMemory((int) most);
  }

  /** Returns the same, for a memory of so many entries and directories. */
  public static UnaryOperator<LayerStore> withNewMemory(int mostEntries) {
    DirectoryMemory memory = new DirectoryMemory(mostEntries);
    return store -> new RememberingStore(store, memory);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return RememberedDirectory.rememberRoot(innerStore().open(root), root, memory);
  }
}
