# Sixteen for each user and each server, 64 for all. A lease that ended makes room.
policy install accept
start
wait 5s
inhibit u1-1 install uid=1
inhibit u1-2 install uid=1
inhibit u1-3 install uid=1
inhibit u1-4 install uid=1
inhibit u1-5 install uid=1
inhibit u1-6 install uid=1
inhibit u1-7 install uid=1
inhibit u1-8 install uid=1
inhibit u1-9 install uid=1
inhibit u1-10 install uid=1
inhibit u1-11 install uid=1
inhibit u1-12 install uid=1
inhibit u1-13 install uid=1
inhibit u1-14 install uid=1
inhibit u1-15 install uid=1
inhibit u1-16 install uid=1
inhibit u1-17 install uid=1 refused
inhibit u2-1 install uid=2
inhibit u2-2 install uid=2
inhibit u2-3 install uid=2
inhibit u2-4 install uid=2
inhibit u2-5 install uid=2
inhibit u2-6 install uid=2
inhibit u2-7 install uid=2
inhibit u2-8 install uid=2
inhibit u2-9 install uid=2
inhibit u2-10 install uid=2
inhibit u2-11 install uid=2
inhibit u2-12 install uid=2
inhibit u2-13 install uid=2
inhibit u2-14 install uid=2
inhibit u2-15 install uid=2
inhibit u2-16 install uid=2
inhibit u3-1 install uid=3
inhibit u3-2 install uid=3
inhibit u3-3 install uid=3
inhibit u3-4 install uid=3
inhibit u3-5 install uid=3
inhibit u3-6 install uid=3
inhibit u3-7 install uid=3
inhibit u3-8 install uid=3
inhibit u3-9 install uid=3
inhibit u3-10 install uid=3
inhibit u3-11 install uid=3
inhibit u3-12 install uid=3
inhibit u3-13 install uid=3
inhibit u3-14 install uid=3
inhibit u3-15 install uid=3
inhibit u3-16 install uid=3
inhibit u4-1 install uid=4
inhibit u4-2 install uid=4
inhibit u4-3 install uid=4
inhibit u4-4 install uid=4
inhibit u4-5 install uid=4
inhibit u4-6 install uid=4
inhibit u4-7 install uid=4
inhibit u4-8 install uid=4
inhibit u4-9 install uid=4
inhibit u4-10 install uid=4
inhibit u4-11 install uid=4
inhibit u4-12 install uid=4
inhibit u4-13 install uid=4
inhibit u4-14 install uid=4
inhibit u4-15 install uid=4
inhibit u4-16 install uid=4
inhibitors 64
inhibit u5-1 install uid=5 refused
inhibit app1 install server for=1h refused
release u2-7
inhibit app1 install server for=1h
inhibitors 64
