package dev.overlays.merge.oci.tar;

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
 * Converts ACLs from the text that GNU tar, star and bsdtar write, {@code
 * user::rwx,user:joe:r-x:1000}, to the kernel's binary form. Sources: star(5), {@code
 * SCHILY.acl.access}; acl(5); Linux, include/uapi/linux/posix_acl_xattr.h.
 */
public final class AclText {
  /** The prefix of the keys of ACL records. */
  public static final String KEY_PREFIX = "SCHILY.acl.";

  /** The access ACL. A directory may also have a default ACL, for entries created in it. */
  public static final String ACCESS_XATTR = "system.posix_acl_access";

  private static final int ACL_VERSION = 2;
  private static final int ENTRY_BYTES = 8;
  private static final int NO_ID = -1;
  private static final long LARGEST_ID = 0xfffffffeL;
  private static final Pattern OCTAL_ESCAPE = Pattern.compile("\\\\([0-7]{3})");

  /** Whose rights an entry gives, in the kernel's order. */
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

  private final LocalAccounts accounts;

  public AclText(LocalAccounts accounts) {
    this.accounts = accounts;
  }

  /** Returns the extended attribute for the key of an ACL record; null if Linux has no such ACL. */
  public static String xattrName(String key) {
    return switch (key) {
      case KEY_PREFIX + "access" -> ACCESS_XATTR;
      case KEY_PREFIX + "default" -> "system.posix_acl_default";
      default -> null;
    };
  }

  /**
   * Converts an ACL to the kernel's form.
   *
   * @param text the entries, separated by line feeds or commas; one character for each byte
   * @throws IllegalArgumentException if the ACL is incomplete, or names an unknown account
   * @throws IOException if the accounts of this machine cannot be read
   */
  public byte[] toBinary(String text) throws IOException {
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
        ByteBuffer.allocate(Integer.BYTES + ENTRY_BYTES * entries.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    binary.putInt(ACL_VERSION);
    for (AclEntry entry : entries) {
      binary.putShort(entry.tag().number).putShort((short) entry.rights()).putInt(entry.id());
    }
    return binary.array();
  }

  /**
   * Returns the permission bits that the kernel shows for a file with an ACL: the mask takes the
   * place of the group's bits. GNU tar writes these bits into the header; bsdtar writes the group's
   * own.
   *
   * @param binary the result of {@link #toBinary}
   * @param mode the twelve bits of the header
   */
  public static int modeWithAcl(byte[] binary, int mode) {
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
      throw new IllegalArgumentException("one of its entries is incomplete");
    }
    String name = fields.length == 2 ? "" : fields[1].strip();
    AclTag tag = parseTag(fields[0].strip(), !name.isEmpty());
    int rights = parseRights(fields[fields.length == 2 ? 1 : 2].strip());
    String number = fields.length > 3 ? fields[3].strip() : "";
    return new AclEntry(tag, rights, tag.isNamed() ? parseId(tag, name, number) : NO_ID);
  }

  private static AclTag parseTag(String word, boolean named) {
    return switch (word) {
      case "user", "u" -> named ? AclTag.USER : AclTag.OWNER;
      case "group", "g" -> named ? AclTag.GROUP : AclTag.OWNING_GROUP;
      case "mask", "m" -> AclTag.MASK;
      case "other", "o" -> AclTag.OTHER;
      default -> throw new IllegalArgumentException("one of its entries has an unknown type");
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
            default ->
                throw new IllegalArgumentException("one of its entries has an unknown permission");
          };
    }
    return rights;
  }

  /**
   * Returns the number that the archive gives, or else the number of the account on this machine;
   * tar tools do the same.
   */
  private int parseId(AclTag tag, String name, String number) throws IOException {
    String digits = number.isEmpty() ? name : number;
    if (!digits.matches("[0-9]{1,10}")) {
      String plain = OCTAL_ESCAPE.matcher(name).replaceAll(AclText::decodeOctal);
      digits = tag == AclTag.USER ? accounts.userId(plain) : accounts.groupId(plain);
    }
    if (digits == null || Long.parseLong(digits) > LARGEST_ID) {
      throw new IllegalArgumentException(
          (tag == AclTag.USER ? "the user " : "the group ")
              + RawPath.of(PaxRecords.latin1Of(name))
              + " does not exist on this machine, and the archive has no number for it");
    }
    return Integer.parseUnsignedInt(digits);
  }

  private static String decodeOctal(MatchResult octal) {
    return Matcher.quoteReplacement(
        String.valueOf((char) (Integer.parseInt(octal.group(1), 8) & 0xff)));
  }

  /** Adds the mask if it is missing, and refuses an ACL that lacks an entry the kernel requires. */
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
      throw new IllegalArgumentException("it lacks a required entry, or has one twice");
    }
  }
}
