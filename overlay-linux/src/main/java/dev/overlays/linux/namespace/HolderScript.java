package dev.overlays.linux.namespace;

/**
 * The first input of the shell of a namespace. From then on the shell runs its input line by line.
 * When the input ends, because the JVM has closed the pipe or is dead, it kills all remaining
 * processes in its namespace, so that nothing keeps the namespace alive, and exits.
 */
final class HolderScript {
  /**
   * The script ignores the signals that a terminal sends to all its programs, since the views have
   * to exist until the JVM has finished with them. It also ignores SIGPIPE, since the JVM may die
   * while an answer is being written.
   *
   * <p>A process that enters while the others are being killed could be missed. Therefore each
   * process checks, after it has entered, whether the shell has changed to {@link #ENDING}, and
   * exits if so: see {@link EnterCommand}. Processes in nested namespaces are found as children of
   * others. The rounds end when one finds no process, or after a fixed number, since a process that
   * waits for a broken disk cannot be killed. Finally the script removes the directories that were
   * to be discarded: see {@link BottomRoot#DISCARDED}.
   */
  static final String TEXT =
      """
      trap '' INT TERM HUP QUIT PIPE
      cd /
      fell() {
        for task in $1/task/*/children; do
          children=
          read -r children <$task
          for child in $children; do fell $child; done
        done
        kill -9 $1
      }
      end() {
        exec 2>/../dev/null
        cd /proc
        rounds=1000
        found=1
        while [ $found = 1 ] && [ $rounds -gt 0 ]; do
          found=0
          rounds=$((rounds - 1))
          for process in [0-9]*; do
            if [ $process != $$ ] && [ $process/ns/mnt -ef $$/ns/mnt ]; then
              found=1
              fell $process
            fi
          done
        done
        for parent in /dev/zero/discarded/*; do
          [ -L $parent ] && cd -P $parent/ && rm -rf -- ${parent##*/}
        done
      }
      trap end EXIT
      echo ready
      """;

  /**
   * The directory to which the shell changes right before it kills the other processes, and never
   * earlier.
   */
  static final String ENDING = "/proc";

  /** Ends the shell only: other processes in the namespace may stay. */
  static final String FAREWELL = "trap - EXIT\nexit\n";

  private HolderScript() {}
}
