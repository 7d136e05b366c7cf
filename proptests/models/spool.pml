/* The spool and a mailbox across power cuts: what was accepted is in the journal
 * or, flushed, in the mailbox, at every moment; and what the mailbox was told to
 * forget is never delivered again.
 *
 * Two messages, two power cuts. Each side has what programs read and what is on
 * its disk; the kernel may write back anything at any time. The journal is one
 * ordered file: its outcome record comes after its message record, but either
 * may be written back first.
 *
 * Each rule can be left out (-DNAME=0), and the model then finds the fault:
 *   FLUSH_BEFORE_250      a message is lost
 *   FLUSH_BEFORE_DONE     a message is lost
 *   FLUSH_BEFORE_FORGET   a message is delivered twice
 *   MARK_FREE_FIRST       a message is delivered twice
 */
#ifndef FLUSH_BEFORE_250
#define FLUSH_BEFORE_250 1
#endif
#ifndef FLUSH_BEFORE_DONE
#define FLUSH_BEFORE_DONE 1
#endif
#ifndef FLUSH_BEFORE_FORGET
#define FLUSH_BEFORE_FORGET 1
#endif
#ifndef MARK_FREE_FIRST
#define MARK_FREE_FIRST 1
#endif

#define N 2
#define CUTS 2

bool record[N], record_safe[N];    /* The message's record can be read. */
bool outcome[N], outcome_safe[N];  /* The record that it is done. */
bool placed[N], placed_safe[N];    /* The file in the mailbox. */
bool known[N];                     /* The mailbox knows the delivery id. */
bool accepted[N];
bool expunged[N];                  /* The user has deleted it. */
bool twice;                        /* A deleted message came back. */
byte cuts = 0;

/* The spool: append, flush, say 250. */
active proctype Accept() {
  byte i;
  do
  :: atomic { i < N -> record[i] = true }
     if
     :: atomic { FLUSH_BEFORE_250 && record[i] ->
          record_safe[i] = true; accepted[i] = true }
     :: atomic { !FLUSH_BEFORE_250 && record[i] -> accepted[i] = true }
     :: atomic { !record[i] -> skip }  /* Lost before 250: not ours. */
     fi;
     i++
  :: i == N -> break
  od
}

/* Delivery of what the journal has, until it is told that it is done. The same
 * delivery twice is one message, for as long as the mailbox knows its id. */
active proctype Deliver() {
  byte i;
  do
  :: atomic { i = 0 } :: atomic { i = 1 }
  :: atomic { record[i] && accepted[i] && !outcome[i] && !placed[i] ->
       if
       :: known[i] -> skip
       :: else ->
            twice = twice || expunged[i];
            placed[i] = true; known[i] = true
       fi }
  :: atomic { placed[i] && !outcome[i] ->
       if :: FLUSH_BEFORE_DONE -> placed_safe[i] = true :: else fi;
       outcome[i] = true }
  :: atomic { outcome[i] && known[i] ->
       if :: FLUSH_BEFORE_FORGET -> outcome_safe[i] = true :: else fi;
       known[i] = false }
  /* The user deletes it; the mailbox makes its id durable before that. */
  :: atomic { placed[i] && placed_safe[i] && !expunged[i] ->
       placed[i] = false; placed_safe[i] = false; expunged[i] = true;
       if :: outcome[i] -> skip :: else -> outcome[i] = true fi }
  /* Its segment is freed, then the one with its outcome. */
  :: atomic { outcome[i] && outcome_safe[i] && record[i] && !known[i] ->
       record[i] = false;
       if :: MARK_FREE_FIRST -> record_safe[i] = false :: else fi }
  :: atomic { outcome[i] && !record[i] ->
       outcome[i] = false; outcome_safe[i] = false; accepted[i] = false }
  od
}

/* The kernel writes back what it likes. */
active proctype Kernel() {
  byte i;
  do
  :: atomic { i = 0 } :: atomic { i = 1 }
  :: atomic { record[i] -> record_safe[i] = true }
  :: atomic { outcome[i] -> outcome_safe[i] = true }
  :: atomic { placed[i] -> placed_safe[i] = true }
  od
}

/* Power fails: what is on the disks is all there is. */
active proctype Power() {
  byte i;
  do
  :: atomic { cuts < CUTS ->
       cuts++;
       i = 0;
       do
       :: i < N ->
            record[i] = record_safe[i];
            outcome[i] = outcome_safe[i];
            placed[i] = placed_safe[i];
            /* A message that was there and freed, and is back: not accepted
             * any more by its sender's books, but in the journal. */
            if :: record[i] && !accepted[i] && expunged[i] ->
                    accepted[i] = true
               :: else fi;
            i++
       :: i == N -> break
       od }
  :: cuts == CUTS -> break
  od
}

#define kept(k) (!accepted[k] || record[k] || placed[k] || expunged[k])
ltl nothing_lost { [] (kept(0) && kept(1)) }
ltl nothing_twice { [] (!twice) }
