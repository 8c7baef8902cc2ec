package dev.overlays.merge.oci;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ACLs in words, as GNU tar, star and bsdtar write them: {@code user::rwx,user:joe:r-x:1000}. The
 * kernel has them in binary form. Sources: star(5), {@code SCHILY.acl.access}; acl(5); Linux,
 * include/uapi/linux/posix_acl_xattr.h.
 */
final class AclText {
  /** What the keys of such records begin with. */
  static final String PREFIX = "SCHILY.acl.";

  /** Who may use a file; a directory has another one for what is made in it. */
  static final String ACCESS = "system.posix_acl_access";

  private static final int VERSION = 2;
  private static final int ENTRY = 8;
  private static final int NO_ID = -1;
  private static final long LARGEST_ID = 0xfffffffeL;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /** Whose rights an entry says, in the order of the kernel. */
  private enum AclTag {
    OWNER(0x01),
    USER(0x02),
    OWNING_GROUP(0x04),
    GROUP(0x08),
    MASK(0x10),
    OTHER(0x20);

    private final short number;

    AclTag(int number) {
      this.number = (short) number;
    }

    boolean isNamed() {
      return this == USER || this == GROUP;
    }
  }

  private record AclEntry(AclTag tag, int rights, int id) {}

  private final MachineAccounts accounts;

  AclText(MachineAccounts accounts) {
    this.accounts = accounts;
  }

  /** The attribute that the kernel keeps such an ACL in; null if it keeps none. */
  static String toXattr(String key) {
    return switch (key) {
      case PREFIX + "access" -> ACCESS;
      case PREFIX + "default" -> "system.posix_acl_default";
      default -> null;
    };
  }

  /**
   * Turns words into the form of the kernel.
   *
   * @param text one entry a line, or with commas between them; one character for each byte
   * @throws IllegalArgumentException if it is no whole ACL, or names somebody who is not known
   * @throws IOException if it cannot be told who is
   */
  byte[] toBinary(String text) throws IOException {
    List<AclEntry> entries = new ArrayList<>();
    for (String line : text.split("[,\n]", -1)) {
      String words = line.replaceFirst("#.*", "").strip();
      if (!words.isEmpty()) {
        entries.add(parseEntry(words.split(":", -1)));
      }
    }
    completeEntries(entries);
    entries.sort(
        Comparator.comparing(AclEntry::tag).thenComparing(AclEntry::id, Integer::compareUnsigned));
    ByteBuffer binary =
        ByteBuffer.allocate(Integer.BYTES + ENTRY * entries.size()).order(ByteOrder.LITTLE_ENDIAN);
    binary.putInt(VERSION);
    for (AclEntry entry : entries) {
      binary.putShort(entry.tag().number).putShort((short) entry.rights()).putInt(entry.id());
    }
    return binary.array();
  }

  /**
   * The permission bits that the kernel shows of a file with an ACL: the mask in place of the
   * group. GNU tar writes the same into the header, bsdtar what the ACL says of the group.
   *
   * @param binary as {@link #toBinary} gives it
   * @param mode the twelve bits of the header
   */
  static int modeWith(byte[] binary, int mode) {
    ByteBuffer entries =
        ByteBuffer.wrap(binary).order(ByteOrder.LITTLE_ENDIAN).position(Integer.BYTES);
    int owner = 0;
    int group = 0;
    int other = 0;
    while (entries.hasRemaining()) {
      short tag = entries.getShort();
      short rights = entries.getShort();
      entries.getInt();
      owner = tag == AclTag.OWNER.number ? rights : owner;
      group = tag == AclTag.OWNING_GROUP.number || tag == AclTag.MASK.number ? rights : group;
      other = tag == AclTag.OTHER.number ? rights : other;
    }
    return (mode & 07000) | owner << 6 | group << 3 | other;
  }

  private AclEntry parseEntry(String[] fields) throws IOException {
    if (fields.length < 2) {
      throw new IllegalArgumentException("an entry of it is not whole");
    }
    String name = fields.length == 2 ? "" : fields[1].strip();
    AclTag tag = parseTag(fields[0].strip(), !name.isEmpty());
    int rights = parseRights(fields[fields.length == 2 ? 1 : 2].strip());
    String number = fields.length > 3 ? fields[3].strip() : "";
    return new AclEntry(tag, rights, tag.isNamed() ? accountNumber(tag, name, number) : NO_ID);
  }

  private static AclTag parseTag(String word, boolean named) {
    return switch (word) {
      case "user", "u" -> named ? AclTag.USER : AclTag.OWNER;
      case "group", "g" -> named ? AclTag.GROUP : AclTag.OWNING_GROUP;
      case "mask", "m" -> AclTag.MASK;
      case "other", "o" -> AclTag.OTHER;
      default -> throw new IllegalArgumentException("an entry of it is of no known kind");
    };
  }

  private static int parseRights(String word) {
    int rights = 0;
    for (int i = 0; i < word.length(); i++) {
      rights |=
          switch (word.charAt(i)) {
            case 'r' -> 4;
            case 'w' -> 2;
            case 'x' -> 1;
            case '-' -> 0;
            default -> throw new IllegalArgumentException("an entry of it gives no known right");
          };
    }
    return rights;
  }

  /** Tools take the number, if there is one, and otherwise the account of this machine. */
  private int accountNumber(AclTag tag, String name, String number) throws IOException {
    String digits = number.isEmpty() ? name : number;
    if (!digits.matches("[0-9]{1,10}")) {
      String plain = OCTAL.matcher(name).replaceAll(AclText::decodedCharacter);
      digits = tag == AclTag.USER ? accounts.userNumber(plain) : accounts.groupNumber(plain);
    }
    if (digits == null || Long.parseLong(digits) > LARGEST_ID) {
      throw new IllegalArgumentException(
          (tag == AclTag.USER ? "the user " : "the group ")
              + RawPath.of(PaxRecords.latin1Of(name))
              + " is not known here, and it has no number");
    }
    return Integer.parseUnsignedInt(digits);
  }

  private static String decodedCharacter(MatchResult octal) {
    return Matcher.quoteReplacement(
        String.valueOf((char) (Integer.parseInt(octal.group(1), 8) & 0xff)));
  }

  /** The kernel takes no ACL that lacks one of these; of a mask it is known what it would be. */
  private static void completeEntries(List<AclEntry> entries) {
    int group = 0;
    Map<AclTag, Integer> counts = new EnumMap<>(AclTag.class);
    for (AclEntry entry : entries) {
      counts.merge(entry.tag(), 1, Integer::sum);
      group |= entry.tag().isNamed() || entry.tag() == AclTag.OWNING_GROUP ? entry.rights() : 0;
    }
    boolean named = counts.containsKey(AclTag.USER) || counts.containsKey(AclTag.GROUP);
    if (named && !counts.containsKey(AclTag.MASK)) {
      entries.add(new AclEntry(AclTag.MASK, group, NO_ID));
    }
    if (counts.getOrDefault(AclTag.OWNER, 0) != 1
        || counts.getOrDefault(AclTag.OWNING_GROUP, 0) != 1
        || counts.getOrDefault(AclTag.OTHER, 0) != 1
        || counts.getOrDefault(AclTag.MASK, 0) > 1) {
      throw new IllegalArgumentException("it is not whole");
    }
  }
}
