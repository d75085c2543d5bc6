import sys
print("leaving")
try:
    sys.exit("message to stderr")
finally:
    print("finally ran")
