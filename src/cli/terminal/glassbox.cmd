@rem `glassbox` in the terminal of VS Code: runs on the Node that VS Code itself is, so that none need be installed.
@setlocal
@set ELECTRON_RUN_AS_NODE=1
@if not defined GLASSBOX_NODE set GLASSBOX_NODE=node
@"%GLASSBOX_NODE%" "%~dp0..\cli.mjs" %*
