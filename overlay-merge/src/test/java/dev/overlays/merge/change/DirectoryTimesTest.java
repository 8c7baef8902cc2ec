package dev.overlays.merge.change;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTimesTest {
  private static final Name DIR = Name.of("dir");
  private static final Instant WRITTEN = Instant.ofEpochSecond(1_700_000_000L, 123_456_789);
  private static final Instant MOUNTED = WRITTEN.plusSeconds(100);
  private static final Instant LATER = WRITTEN.plusSeconds(200);
  private static final String REMEMBERED = "1700000000.123456789 mount-1";

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
  private LayerDirectory upper;

  DirectoryTimesTest() throws IOException {}

  @BeforeEach
  void makeDirectory() throws IOException {
    layers.addDirectory("upper/dir").setModified("upper/dir", WRITTEN);
    upper = store.open(layers.pathOf("upper"));
  }

  @AfterEach
  void closeUpper() throws IOException {
    upper.close();
  }

  private static DirectoryTimes timesOf(boolean dryRun, LastMount mount) {
    return new DirectoryTimes(
        new LayerChanges(dryRun, MarkNamespace.TRUSTED), MarkNamespace.TRUSTED, mount);
  }

  private static DirectoryTimes timesAfter(String mount) {
    return timesOf(false, new LastMount(mount, MOUNTED));
  }

  private Instant remember(DirectoryTimes times) throws IOException {
    return times.rememberTime(upper, DIR, layers.statOf("upper/dir")).modified();
  }

  private Optional<String> mark() throws IOException {
    return layers.markOf("upper/dir", Mark.MERGE_TIME);
  }

  private void setMark(String value) throws IOException {
    upper.setXattr(DIR, Mark.MERGE_TIME.xattr(MarkNamespace.TRUSTED), value.getBytes(US_ASCII));
  }

  @Test
  void timeOfTheFirstChangeIsRememberedToTheNanosecond() throws IOException {
    assertEquals(WRITTEN, remember(timesAfter("mount-1")));
    assertEquals(Optional.of(REMEMBERED), mark());
  }

  /** The merge itself changes the directory. */
  @Test
  void laterChangeOfTheMergeDoesNotCount() throws IOException {
    remember(timesAfter("mount-1"));
    layers.setModified("upper/dir", LATER);
    assertEquals(WRITTEN, remember(timesAfter("mount-1")));
    assertEquals(Optional.of(REMEMBERED), mark());
  }

  @Test
  void secondCallWritesNothing() throws IOException {
    remember(timesAfter("mount-1"));
    long changes = store.changeCount();
    remember(timesAfter("mount-1"));
    assertEquals(changes, store.changeCount());
  }

  @Test
  void changeAfterALaterMountReplacesTheTime() throws IOException {
    remember(timesAfter("mount-1"));
    layers.setModified("upper/dir", LATER);
    assertEquals(LATER, remember(timesAfter("mount-2")));
    assertEquals(Optional.of("1700000200.123456789 mount-2"), mark());
  }

  /** The directory was changed by the merge only, although the view was mounted since. */
  @Test
  void mountWithoutAChangeKeepsTheTime() throws IOException {
    remember(timesAfter("mount-1"));
    layers.setModified("upper/dir", MOUNTED.minusSeconds(1));
    assertEquals(WRITTEN, remember(timesAfter("mount-2")));
    assertEquals(Optional.of("1700000000.123456789 mount-2"), mark());
  }

  /** Anybody may write marks into a layer; with user marks, an ordinary user. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1 mount-1",
        "1.x mount-1",
        ". mount-1",
        "1.5",
        "1.5 mount-1 mount-1",
        "99999999999999999999.0 mount-1",
        "9223372036854775807.0 mount-1",
        "-9223372036854775808.0 mount-1",
        "9223372036854775807.2147483647 mount-1"
      })
  void markThatHoldsNoTimeIsReplaced(String forged) throws IOException {
    setMark(forged);
    assertEquals(WRITTEN, remember(timesAfter("mount-1")));
    assertEquals(Optional.of(REMEMBERED), mark());
  }

  @Test
  void timesBeforeTheEpochAreRestoredExactly() throws IOException {
    Instant old = Instant.ofEpochSecond(-5, 999_999_999);
    layers.setModified("upper/dir", old);
    EntryStat before = timesAfter("-").rememberTime(upper, DIR, layers.statOf("upper/dir"));
    layers.setModified("upper/dir", LATER);
    timesAfter("-").restoreTime(upper, DIR, before);
    assertEquals(old, layers.statOf("upper/dir").modified());
    assertEquals(Optional.empty(), mark());
  }

  /** After a crash between the two the mark must still be there. */
  @Test
  void timeIsRestoredBeforeTheMarkIsRemoved() throws IOException {
    EntryStat before = timesAfter("-").rememberTime(upper, DIR, layers.statOf("upper/dir"));
    store.faults().startRecording();
    timesAfter("-").restoreTime(upper, DIR, before);
    assertEquals(
        List.of("SET_TIMES", "REMOVE_XATTR"),
        store.faults().recordedOperations().stream()
            .map(RecordedOperation::operation)
            .filter(operation -> operation.isChange())
            .map(Enum::name)
            .toList());
  }

  @Test
  void dryRunReadsARememberedTimeAndWritesNothing() throws IOException {
    DirectoryTimes dry = timesOf(true, new LastMount("mount-1", MOUNTED));
    assertEquals(WRITTEN, remember(dry));
    assertEquals(Optional.empty(), mark());
    remember(timesAfter("mount-1"));
    layers.setModified("upper/dir", LATER);
    assertEquals(WRITTEN, remember(dry));
    dry.restoreTime(upper, DIR, layers.statOf("upper/dir"));
    assertEquals(Optional.of(REMEMBERED), mark());
  }
}
