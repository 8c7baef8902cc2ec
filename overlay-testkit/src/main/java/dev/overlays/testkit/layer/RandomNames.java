package dev.overlays.testkit.layer;

import dev.overlays.layer.Name;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes up names of entries, plain and odd. */
final class RandomNames {
  private static final List<String> ODD_NAMES =
      List.of(
          " ",
          "two words",
          "new\nline",
          "back\\slash",
          ".hidden",
          "...",
          "\u00fcml\u00e4ut \u2603",
          "\ud83d\ude00",
          "*?[\"'$",
          "-rf",
          "x".repeat(200));

  private final Random random;

  RandomNames(Random random) {
    this.random = random;
  }

  /** Makes up a name that is not taken, and adds it to those taken. */
  Name newName(Set<Name> taken) {
    Name name = anyName();
    while (!taken.add(name)) {
      name = anyName();
    }
    return name;
  }

  private Name anyName() {
    int roll = random.nextInt(100);
    if (roll < 70) {
      return Name.of(Character.toString('a' + random.nextInt(26)) + random.nextInt(10));
    }
    if (roll < 95) {
      String odd = ODD_NAMES.get(random.nextInt(ODD_NAMES.size()));
      // A variation, in case the odd name is taken.
      return Name.of(
          random.nextBoolean()
              ? odd
              : odd.substring(0, odd.offsetByCodePoints(0, 1)) + random.nextInt(1000));
    }
    byte[] bytes = ("\0\0" + random.nextInt(1000)).getBytes(StandardCharsets.US_ASCII);
    bytes[0] = (byte) 0xff;
    bytes[1] = (byte) 0xc3;
    return Name.of(bytes);
  }
}
