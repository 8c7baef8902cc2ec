package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts by name, as passwd(5) and group(5) have them. */
class LocalAccountsTest {
  @TempDir private Path etc;
  private Path users;
  private Path groups;
  private LocalAccounts accounts;

  @BeforeEach
  void chooseFiles() {
    users = etc.resolve("passwd");
    groups = etc.resolve("group");
    accounts = new LocalAccounts(users, groups);
  }

  @Test
  void usersAndGroupsAreToldApart() throws IOException {
    Files.writeString(users, "root:x:0:0:root:/root:/bin/sh\njoe:x:1000:50::/:\n");
    Files.writeString(groups, "root:x:0:\nstaff:x:50:joe\n");
    assertEquals("1000", accounts.userId("joe"));
    assertEquals("0", accounts.userId("root"));
    assertNull(accounts.userId("staff"));
    assertEquals("50", accounts.groupId("staff"));
    assertNull(accounts.groupId("joe"));
    assertNull(accounts.userId(""));
  }

  /** getpwnam(3) takes the first, too. */
  @Test
  void firstOfTwoLinesCounts() throws IOException {
    Files.writeString(users, "joe:x:1:1::/:\njoe:x:2:2::/:\n");
    assertEquals("1", accounts.userId("joe"));
  }

  /** Such as the lines of NIS, comments, and lines that somebody has cut. */
  @Test
  void linesWithoutANumberAreSkipped() throws IOException {
    Files.writeString(
        users, "+::::::\n# joe:x:7\njoe\njoe:x\njoe:x:\njoe:x:-1:\njoe:x:12345678901:\njoe:x:5");
    assertEquals("5", accounts.userId("joe"));
    assertNull(accounts.userId("+"));
  }

  /** Names of archives have a character for each byte. */
  @Test
  void namesAreComparedByTheirBytes() throws IOException {
    Files.write(users, "j\u00f6:x:3:3::/:\n".getBytes(StandardCharsets.UTF_8));
    assertEquals("3", accounts.userId("j\u00c3\u00b6"));
    assertNull(accounts.userId("j\u00f6"));
  }

  @Test
  void missingFilesHaveNoAccounts() throws IOException {
    assertNull(accounts.userId("root"));
    assertNull(accounts.groupId("root"));
  }

  @Test
  void unreadableFileIsNoEmptyOne() throws IOException {
    Files.createDirectory(users);
    assertThrows(IOException.class, () -> accounts.userId("root"));
  }

  /** An archive may have the same name a million times. */
  @Test
  void eachFileIsReadOnce() throws IOException {
    Files.writeString(users, "joe:x:1:1::/:\n");
    assertEquals("1", accounts.userId("joe"));
    Files.delete(users);
    assertEquals("1", accounts.userId("joe"));
    assertNull(accounts.userId("jack"));
  }

  /** Whoever owns a file here is asked of the C library by the JDK, and must be the same. */
  @Test
  void accountsOfThisMachineAreFound() throws IOException {
    Path root = Path.of("/");
    String name = Files.getOwner(root).getName();
    assertEquals(
        name.matches("[0-9]+") ? null : Files.getAttribute(root, "unix:uid").toString(),
        new LocalAccounts().userId(name));
  }
}
