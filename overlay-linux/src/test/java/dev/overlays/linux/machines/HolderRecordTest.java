package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.machines.HolderRecord.LowerUse;
import dev.overlays.spi.LayerUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of a lock file. */
class HolderRecordTest {

  @ParameterizedTest
  @ValueSource(strings = {"/v", "/a b/100%\n=c", "/\u00fcber/\ud83d\ude00", ""})
  void aRecordIsReadAsItWasWritten(String place) {
    HolderRecord written = HolderRecord.ofThisMachine(7, LowerUse.VIEW, place);
    byte[] bytes = written.toBytes();
    assertEquals(HolderRecord.SIZE, bytes.length);
    assertEquals(HolderRecord.SIZE - 1, new String(bytes, StandardCharsets.US_ASCII).indexOf('\n'));
    assertEquals(Optional.of(written), HolderRecord.parse(bytes));
    LayerUser user = written.toUser();
    assertEquals(place, user.place());
    assertTrue(written.isAt(place) && user.here());
  }

  @Test
  void theEndOfALongPlaceIsKept() {
    String place = "/long".repeat(800) + "/end";
    HolderRecord record = HolderRecord.ofThisMachine(7, LowerUse.VIEW, place);
    assertEquals(Optional.of(record), HolderRecord.parse(record.toBytes()));
    assertTrue(record.isAt(place));
    assertTrue(record.toUser().isViewAt(Path.of(place)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0\0\0", "use=VIEW", "use=OTHER process=1 since=now", "process=x"})
  void whatIsNoRecordIsNone(String line) {
    assertEquals(Optional.empty(), HolderRecord.parse(line.getBytes(StandardCharsets.US_ASCII)));
  }
}
