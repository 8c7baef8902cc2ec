package dev.overlays.merge.oci.unpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.UnnamedFile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which times a file system keeps, by as few trials as that takes. */
class KeptTimesTest {
  private static final Instant LAST = Instant.ofEpochSecond(1L << 33);

  private final List<Instant> tried = new ArrayList<>();

  /** A directory of a file system that stores multiples of a step, up to {@link #LAST}. */
  private LayerDirectory directoryOf(int stepNanos) {
    UnnamedFile file =
        proxyOf(
            UnnamedFile.class,
            time -> {
              tried.add(time);
              Instant stored = time.isAfter(LAST) ? LAST : time;
              int cut = stored.getNano() % stepNanos;
              return Instant.ofEpochSecond(stored.getEpochSecond(), stored.getNano() - cut);
            });
    return proxyOf(LayerDirectory.class, any -> Optional.of(file));
  }

  private interface Answer {
    Object to(Instant time);
  }

  private static <T> T proxyOf(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                method.getName().equals("close")
                    ? null
                    : answer.to(arguments == null ? null : (Instant) arguments[0])));
  }

  @Test
  void commonTimesAreTriedOnce() throws IOException {
    try (KeptTimes times = new KeptTimes(directoryOf(1))) {
      for (int i = 0; i < 10; i++) {
        assertTrue(times.isKept(Instant.ofEpochSecond(i, 0)));
        assertTrue(times.isKept(Instant.ofEpochSecond(i, 123_456_789)));
      }
    }
    assertEquals(1, tried.size());
  }

  @Test
  void fractionsThatAreCutAreTold() throws IOException {
    try (KeptTimes times = new KeptTimes(directoryOf(100))) {
      assertEquals(
          List.of(true, false, true),
          List.of(
              times.isKept(Instant.ofEpochSecond(5)),
              times.isKept(Instant.ofEpochSecond(5, 123)),
              times.isKept(Instant.ofEpochSecond(5, 300))));
    }
  }

  @Test
  void yearsThatAreCutAreTold() throws IOException {
    try (KeptTimes times = new KeptTimes(directoryOf(1))) {
      assertEquals(
          List.of(true, true, false),
          List.of(
              times.isKept(Instant.ofEpochSecond(-1)),
              times.isKept(LAST),
              times.isKept(LAST.plusSeconds(1))));
    }
  }
}
