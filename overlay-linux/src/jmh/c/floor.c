/*
 * The least that has to be done, to measure the library against. Not a product: it trusts what it
 * finds, knows the plain marks only, and stops at the first error.
 *
 *   floor merge LOWER UPPER          folds UPPER into LOWER, exactly, with marks in trusted.overlay.
 *   floor scan DIRECTORY...          getdents and statx of every entry
 *   floor ask-and-scan UPPER LOWER   the same, and before that the marks of every entry of UPPER
 *   floor mount LOWER UPPER WORK MOUNTPOINT COUNT   pairs of mount and unmount; prints ns a pair
 *   floor locked-mount ...           the same, and keeps other mounts and merges away meanwhile
 *   floor calls COUNT                system calls that do nothing; prints ns a call
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define MARKS "trusted.overlay."

/* A listing that is complete before anything is renamed: records of a type and a name. */
struct listing {
  char *records;
  size_t length;
};

static struct listing list(int directory) {
  struct listing all = {0};
  size_t capacity = 0;
  static char block[1 << 16];
  long got;
  while ((got = syscall(SYS_getdents64, directory, block, sizeof block)) > 0) {
    if (all.length + (size_t)got > capacity) {
      capacity = 2 * (all.length + (size_t)got);
      all.records = realloc(all.records, capacity);
      if (all.records == NULL) {
        err(1, "realloc");
      }
    }
    for (long at = 0; at < got;) {
      struct dirent64 *entry = (struct dirent64 *)(block + at);
      at += entry->d_reclen;
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
        continue;
      }
      size_t size = strlen(entry->d_name) + 1;
      all.records[all.length] = (char)entry->d_type;
      memcpy(all.records + all.length + 1, entry->d_name, size);
      all.length += 1 + size;
    }
  }
  if (got < 0) {
    err(1, "getdents");
  }
  return all;
}

/* Takes a record: its type, and its name behind that. */
#define EACH(entry, listing)                                                       \
  for (char *entry = (listing).records; entry < (listing).records + (listing).length; \
       entry += 2 + strlen(entry + 1))

static int descend(int directory, const char *name) {
  int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0) {
    err(1, "open %s", name);
  }
  return inner;
}

static void need(int result, const char *what, const char *name) {
  if (result != 0) {
    err(1, "%s %s", what, name);
  }
}

static void remove_tree(int directory, const char *name);

static void remove_all(int directory) {
  struct listing entries = list(directory);
  EACH(entry, entries) {
    if (entry[0] == DT_DIR) {
      remove_tree(directory, entry + 1);
    } else {
      need(unlinkat(directory, entry + 1, 0), "unlink", entry + 1);
    }
  }
  free(entries.records);
}

static void remove_tree(int directory, const char *name) {
  int inner = descend(directory, name);
  remove_all(inner);
  close(inner);
  need(unlinkat(directory, name, AT_REMOVEDIR), "rmdir", name);
}

/* What the lower has under a name, if anything. */
static void clear(int directory, const char *name) {
  if (unlinkat(directory, name, 0) != 0 && errno != ENOENT) {
    if (errno != EISDIR) {
      err(1, "unlink %s", name);
    }
    remove_tree(directory, name);
  }
}

static void strip(int file) {
  char names[1 << 12];
  ssize_t length = flistxattr(file, names, sizeof names);
  for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
    if (strncmp(names + at, MARKS, strlen(MARKS)) == 0) {
      fremovexattr(file, names + at);
    }
  }
}

static void strip_file(int directory, const char *name) {
  int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file >= 0) {
    strip(file);
    close(file);
  }
}

static void strip_tree(int directory) {
  strip(directory);
  struct listing entries = list(directory);
  EACH(entry, entries) {
    if (entry[0] == DT_DIR) {
      int inner = descend(directory, entry + 1);
      strip_tree(inner);
      close(inner);
    } else if (entry[0] == DT_REG) {
      strip_file(directory, entry + 1);
    }
  }
  free(entries.records);
}

static int is_opaque(int directory) {
  char value;
  return fgetxattr(directory, MARKS "opaque", &value, 1) == 1 && value == 'y';
}

static void merge(int lower, int upper);

static void merge_directory(int lower, int upper, const char *name) {
  int above = descend(upper, name);
  struct stat old;
  int there = fstatat(lower, name, &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISDIR(old.st_mode) && !is_opaque(above)) {
    int below = descend(lower, name);
    struct stat attributes;
    need(fstat(above, &attributes), "stat", name); /* before anything in it is renamed */
    merge(below, above);
    struct timespec times[2] = {attributes.st_atim, attributes.st_mtim};
    need(fchown(below, attributes.st_uid, attributes.st_gid), "chown", name);
    need(fchmod(below, attributes.st_mode & 07777), "chmod", name);
    need(futimens(below, times), "utimens", name);
    close(below);
    need(unlinkat(upper, name, AT_REMOVEDIR), "rmdir", name);
  } else {
    if (there) {
      clear(lower, name); /* while the mark still hides it */
    }
    strip_tree(above);
    need(renameat(upper, name, lower, name), "rename", name);
  }
  close(above);
}

static void merge(int lower, int upper) {
  struct listing entries = list(upper);
  EACH(entry, entries) {
    const char *name = entry + 1;
    struct stat node;
    if (entry[0] == DT_DIR) {
      merge_directory(lower, upper, name);
      continue;
    }
    if (entry[0] == DT_CHR) {
      need(fstatat(upper, name, &node, AT_SYMLINK_NOFOLLOW), "stat", name);
      if (node.st_rdev == 0) {
        clear(lower, name);
        need(unlinkat(upper, name, 0), "unlink", name);
        continue;
      }
    }
    if (entry[0] == DT_REG) {
      strip_file(upper, name);
    }
    if (renameat(upper, name, lower, name) != 0) {
      if (errno != EISDIR && errno != ENOTEMPTY) {
        err(1, "rename %s", name);
      }
      remove_tree(lower, name);
      need(renameat(upper, name, lower, name), "rename", name);
    }
  }
  free(entries.records);
}

static unsigned long scan(int directory) {
  struct listing entries = list(directory);
  unsigned long count = 0;
  EACH(entry, entries) {
    struct statx known;
    need(statx(directory, entry + 1, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &known), "statx",
         entry + 1);
    count++;
    if (entry[0] == DT_DIR) {
      int inner = descend(directory, entry + 1);
      count += scan(inner);
      close(inner);
    }
  }
  free(entries.records);
  return count;
}

/* A diff refuses an upper that was written with other options before it reports anything, so it
   lists the attributes of everything in it first. listxattrat is of Linux 6.13. */
static void ask_marks(int directory) {
  struct listing entries = list(directory);
  char names[1 << 9];
  EACH(entry, entries) {
    if (entry[0] == DT_DIR || entry[0] == DT_REG) {
      syscall(465, directory, entry + 1, AT_SYMLINK_NOFOLLOW, names, sizeof names);
    }
    if (entry[0] == DT_DIR) {
      int inner = descend(directory, entry + 1);
      ask_marks(inner);
      close(inner);
    }
  }
  free(entries.records);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static void mounts(char **layers, int count) {
  char options[1 << 12];
  snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", layers[0], layers[1],
           layers[2]);
  double start = now();
  for (int i = 0; i < count; i++) {
    need(mount("overlay", layers[3], "overlay", 0, options), "mount", layers[3]);
    need(umount2(layers[3], 0), "unmount", layers[3]);
  }
  printf("%.0f\n", (now() - start) / count);
}

/* FSCONFIG_SET_STRING, FSCONFIG_SET_FD and FSCONFIG_CMD_CREATE of linux/mount.h. */
static void configure(int context, int command, const char *key, const char *value, int number) {
  need((int)syscall(SYS_fsconfig, context, command, key, value, number), "fsconfig",
       key == NULL ? "create" : key);
}

/* Refused if a live overlay writes to one of the directories. */
static void probe_use(int upper, int work) {
  int context = (int)syscall(SYS_fsopen, "overlay", 1);
  configure(context, 1, "nfs_export", "on", 0);
  configure(context, 1, "redirect_dir", "nofollow", 0);
  configure(context, 5, "lowerdir+", NULL, upper);
  configure(context, 5, "lowerdir+", NULL, work);
  configure(context, 6, NULL, NULL, 0);
  close(context);
}

/* What keeps merges and other mounts away: locks, and the probe. */
static void locked_mount(char **layers) {
  int opened[4];
  for (int i = 0; i < 4; i++) {
    opened[i] = descend(AT_FDCWD, layers[i]);
    if (i < 3) {
      need(flock(opened[i], (i == 0 ? LOCK_SH : LOCK_EX) | LOCK_NB), "lock", layers[i]);
    }
  }
  probe_use(opened[1], opened[2]);
  int context = (int)syscall(SYS_fsopen, "overlay", 1);
  configure(context, 5, "lowerdir+", NULL, opened[0]);
  configure(context, 5, "upperdir", NULL, opened[1]);
  configure(context, 5, "workdir", NULL, opened[2]);
  configure(context, 6, NULL, NULL, 0);
  int view = (int)syscall(SYS_fsmount, context, 1, 0);
  close(context);
  /* MOVE_MOUNT_F_EMPTY_PATH and MOVE_MOUNT_T_EMPTY_PATH. */
  need((int)syscall(SYS_move_mount, view, "", opened[3], "", 0x44), "move", layers[3]);
  close(view);
  for (int i = 0; i < 4; i++) {
    close(opened[i]);
  }
}

static void locked_mounts(char **layers, int count) {
  double start = now();
  for (int i = 0; i < count; i++) {
    locked_mount(layers);
    need(umount2(layers[3], 0), "unmount", layers[3]);
  }
  printf("%.0f\n", (now() - start) / count);
}

static void calls(long count) {
  double start = now();
  for (long i = 0; i < count; i++) {
    syscall(SYS_geteuid);
  }
  printf("%.1f\n", (now() - start) / (double)count);
}

int main(int count, char **words) {
  if (count == 4 && strcmp(words[1], "merge") == 0) {
    merge(descend(AT_FDCWD, words[2]), descend(AT_FDCWD, words[3]));
  } else if (count >= 3 && (strcmp(words[1], "scan") == 0 || strcmp(words[1], "ask-and-scan") == 0)) {
    unsigned long entries = 0;
    if (words[1][0] == 'a') {
      ask_marks(descend(AT_FDCWD, words[2]));
    }
    for (int i = 2; i < count; i++) {
      entries += scan(descend(AT_FDCWD, words[i]));
    }
    printf("%lu\n", entries);
  } else if (count == 7 && strcmp(words[1], "mount") == 0) {
    mounts(words + 2, atoi(words[6]));
  } else if (count == 7 && strcmp(words[1], "locked-mount") == 0) {
    locked_mounts(words + 2, atoi(words[6]));
  } else if (count == 3 && strcmp(words[1], "calls") == 0) {
    calls(atol(words[2]));
  } else {
    errx(2, "floor merge LOWER UPPER | [ask-and-]scan DIRECTORY..."
            " | [locked-]mount LOWER UPPER WORK MOUNTPOINT COUNT | calls COUNT");
  }
  return 0;
}
